import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorSQLite

/// What strangers do is counted, and takes nothing from those who are known.
@Suite struct RefusalSumsTests {
    private func refusal(
        from address: String?,
        _ kind: Refusal.Kind = .unauthenticated,
        flow flowName: String? = nil,
        detail: ErrorDetail? = nil
    ) throws -> AuditRecord {
        var record = AuditRecord(
            of: AuditSubject(
                .init(
                    route: .runFlow,
                    tenant: .default,
                    flow: try flowName.map(flow),
                    clientAddress: address,
                    errorDetail: detail
                )
            ),
            time: Timestamp(milliseconds: 1_790_000_000_000),
            traceID: .random(),
            outcome: .refused,
            status: kind.status
        )
        record.errorKind = kind
        return record
    }

    @Test("100,000 refusals beside 20 records, of which 1,000 may be kept: all are there or counted")
    func flood() async throws {
        try await withDatabase {
            $0.auditRecordsMax = 1_000
        } _: { fixture in
            for number in 0..<20 {
                try await fixture.record([try makeRecord(at: fixture.clock.now, tenant: "real-\(number)")])
                for _ in 0..<5_000 {
                    fixture.auditLog.sum(try self.refusal(from: "10.0.0.\(number % 3)", flow: "guess\(number)"))
                }
            }
            try await eventually {
                try fixture.connect().integer("SELECT sum(count) FROM audit WHERE outcome = 'refused'") == 100_000
            }
            #expect(try fixture.count("audit WHERE tenant LIKE 'real-%'") == 20)
            let rows = try fixture.count("audit WHERE outcome = 'refused'")
            #expect(rows < 1_000)
            #expect(try fixture.count("audit WHERE outcome = 'refused' AND error = 'unauthenticated'") == rows)
            #expect(try fixture.count("names WHERE name LIKE 'guess%'") == 0)
            #expect(fixture.metric(.auditRecords, "committed") == 100_020)
            #expect(fixture.auditLog.queued == 0)
        }
    }

    @Test("so many addresses are told apart at once; of all the others there is one row") func manyAddresses()
        async throws
    {
        let sums = RefusalSums(signal: WriterSignal())
        for number in 0..<1_000 { #expect(sums.add(try self.refusal(from: "10.0.\(number / 250).\(number % 250)"))) }
        for _ in 0..<3 { #expect(sums.add(try self.refusal(from: "10.0.0.1", .malformedRequest))) }
        let rows = sums.take(inHurry: true)
        #expect(rows.count == RefusalSums.clientsMax + 2)
        #expect(rows.requests == 1_003)
        let others = rows.filter { $0.clientAddress == RefusalSums.otherClients }
        #expect(others.map(\.count) == [1_000 - RefusalSums.clientsMax])
        #expect(rows.filter { $0.errorKind == .malformedRequest }.map(\.count) == [3])
        #expect(sums.take(inHurry: true).isEmpty)
        #expect(sums.due == nil)
    }

    @Test("what lies behind errors is told apart, by its word and issuer") func details() throws {
        let sums = RefusalSums(signal: WriterSignal())
        let details: [ErrorDetail?] = [
            nil, .credential(.expired, issuer: "https://a.example"), .credential(.expired, issuer: "https://b.example"),
            .credential(.missing, issuer: nil),
        ]
        for (number, detail) in details.enumerated() {
            for _ in 0...number { #expect(sums.add(try self.refusal(from: "10.0.0.1", flow: "guess", detail: detail))) }
        }
        let rows = sums.take(inHurry: true)
        #expect(rows.allSatisfy { $0.flow == nil && $0.clientAddress == "10.0.0.1" })
        for (number, detail) in details.enumerated() {
            #expect(rows.filter { $0.errorDetail == detail }.map(\.count) == [number + 1])
        }
        #expect(rows.count == details.count)
    }

    @Test("beyond so many rows further ones are summed without their details; none is lost") func manyDetails() throws {
        let sums = RefusalSums(signal: WriterSignal())
        let faults = CredentialFault.allCases
        for client in 0..<64 {
            for fault in faults {
                #expect(sums.add(try self.refusal(from: "10.0.0.\(client)", detail: .credential(fault, issuer: nil))))
            }
        }
        // Those that have a row are counted in it, however many there are.
        #expect(sums.add(try self.refusal(from: "10.0.0.0", detail: .credential(faults[0], issuer: nil))))
        let rows = sums.take(inHurry: true)
        #expect(rows.requests == 64 * faults.count + 1)
        #expect(rows.filter { $0.errorDetail != nil }.count == RefusalSums.detailedMax)
        #expect(rows.count <= RefusalSums.detailedMax + 64)
        let first = rows.filter { $0.clientAddress == "10.0.0.0" }
        #expect(first.filter { $0.errorDetail == .credential(faults[0], issuer: nil) }.map(\.count) == [2])
    }

    @Test("a stop writes what is summed, and takes nothing afterwards") func stop() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            try await withDatabase(at: path) { fixture in
                fixture.auditLog.sum(try self.refusal(from: nil))
                fixture.auditLog.sum(try self.refusal(from: nil))
                await fixture.database.stop()
                fixture.auditLog.sum(try self.refusal(from: nil))
                #expect(fixture.metric(.auditRecords, "failed") == 1)
            }
            let row = try #require(try AuditReader(path: path).record(id: 1))
            let columns = try AuditReader(path: path).columns()
            #expect(row[try #require(columns.firstIndex(of: "count"))] == .integer(2))
            #expect(row[try #require(columns.firstIndex(of: "client_address"))] == .null)
        }
    }

    @Test("the sums have a quota of their own, and records theirs", arguments: [(150, 30), (30, 150), (3_000, 3_000)])
    func quotas(records: Int, sums: Int) async throws {
        try await withDatabase {
            $0.auditRecordsMax = 100
            $0.auditRefusalsMax = 100
        } _: { fixture in
            var refusal = try self.refusal(from: "10.0.0.1")
            refusal.count = 7
            // One by one among the records, as rows of different seconds are.
            for number in 0..<max(records, sums) {
                var batch: [AuditRecord] = []
                if number < sums { batch.append(refusal) }
                if number < records { batch.append(try makeRecord(at: fixture.clock.now)) }
                try await fixture.record(batch)
            }
            try await eventually {
                try fixture.count("audit WHERE outcome = 'hit'") == min(records, 100)
                    && fixture.count("audit WHERE count = 7") == min(sums, 100)
            }
        }
    }
}
