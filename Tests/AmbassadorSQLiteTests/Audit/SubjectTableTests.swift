import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorSQLite

/// What records have in common is found out once, and is right in every one of them.
@Suite struct SubjectTableTests {
    private static let sql = """
        SELECT a.tenant, a.flow, a.target, a.principal, a.client_address, a.input, i.day FROM audit AS a
        JOIN audit_records AS r ON r.id = a.id JOIN audit_inputs AS i ON i.id = r.input ORDER BY a.id
        """

    private func subject(_ number: Int) throws -> AuditSubject {
        AuditSubject(
            .init(
                route: .runFlow,
                tenant: try tenant("tenant\(number % 3)"),
                principal: "p\(number)",
                flow: try flow("flow\(number % 5)"),
                target: try flow("target\(number % 7)"),
                inputHash: InputHash(words: (UInt64(number), 2, 3, 4)),
                clientAddress: "10.0.0.\(number)",
                input: ByteBuffer(string: "question \(number)")
            )
        )
    }

    private func record(of subject: AuditSubject, _ number: Int = 0) -> AuditRecord {
        AuditRecord(
            of: subject,
            time: Timestamp(milliseconds: 1_790_000_000_000),
            traceID: .random(),
            outcome: .hit,
            status: 200,
            totalMicroseconds: Int64(number)
        )
    }

    private func rows(of fixture: Fixture) throws -> [[SQLiteValue]] {
        var rows: [[SQLiteValue]] = []
        let reader = try AuditReader(path: fixture.path)
        func add(_ row: [SQLiteValue]) -> Bool {
            rows.append(row)
            return true
        }
        try reader.query(sql: Self.sql, columns: { _ in }, row: add)
        return rows
    }

    private func expected(_ number: Int, day: Int64) -> [SQLiteValue] {
        [
            .text("tenant\(number % 3)"), .text("flow\(number % 5)"), .text("target\(number % 7)"),
            .text("p\(number)"), .text("10.0.0.\(number)"), .text("question \(number)"), .integer(day),
        ]
    }

    @Test("records of shared subjects say what their subjects say, on each day anew")
    func days() async throws {
        let clock = SettableClock()
        let subjects = try (0..<40).map(self.subject)
        try await withDatabase(clock: clock) { fixture in
            var expected: [[SQLiteValue]] = []
            for _ in 0..<3 {
                for _ in 0..<2 {
                    try await fixture.record(subjects.map { self.record(of: $0) })
                    let day = clock.now.milliseconds / 86_400_000
                    expected += (0..<40).map { self.expected($0, day: day) }
                }
                clock.advance(by: .seconds(86_400))
            }
            #expect(try self.rows(of: fixture) == expected)
            #expect(try fixture.count("audit_inputs") == 120)
        }
    }

    @Test("a subject may be recorded in several files") func files() async throws {
        let subjects = try (0..<5).map(self.subject)
        try await withDatabase { one in
            try await withDatabase { other in
                try await one.record(subjects.map { self.record(of: $0) })
                try await other.record(subjects.reversed().map { self.record(of: $0) })
                try await one.record([self.record(of: subjects[3])])
                let day: Int64 = 1_790_000_000_123 / 86_400_000
                #expect(try self.rows(of: one) == [0, 1, 2, 3, 4, 3].map { self.expected($0, day: day) })
                #expect(try self.rows(of: other) == [4, 3, 2, 1, 0].map { self.expected($0, day: day) })
            }
        }
    }

    @Test("what a transaction found out that was rolled back is found out anew") func rollback() async throws {
        let subjects = try (0..<40).map(self.subject)
        try await withDatabase {
            // Not committed before its time: the pieces are in the transaction when it fails.
            $0.commitInterval = .milliseconds(200)
        } _: { fixture in
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                let pages = try connection.integer("PRAGMA page_count") ?? 0
                try connection.execute("PRAGMA max_page_count = \(pages + 1)")
            }
            let records = (0..<2_000).map { self.record(of: subjects[$0 % 40], $0) }
            for record in records {
                #expect(fixture.auditLog.reserve())
                fixture.auditLog.record(record)
            }
            try await eventually { !fixture.database.isWritable }
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("PRAGMA max_page_count = 100000")
            }
            try await eventually { fixture.auditLog.queued == 0 }
            let day: Int64 = 1_790_000_000_123 / 86_400_000
            #expect(try self.rows(of: fixture) == (0..<2_000).map { self.expected($0 % 40, day: day) })
            let order = try fixture.connect().integer("SELECT count(*) FROM audit_records WHERE total_us = id - 1")
            #expect(order == 2_000)
            #expect(fixture.metric(.auditRecords, "committed") == 2_000)
        }
    }

    @Test("a record that is changed has a subject of its own") func change() throws {
        let subject = try self.subject(1)
        let record = self.record(of: subject)
        var changed = record
        changed.principal = "other"
        #expect(record.subject === subject)
        #expect(record.principal == "p1")
        #expect(changed.principal == "other")
        #expect(changed.clientAddress == "10.0.0.1")
    }
}
