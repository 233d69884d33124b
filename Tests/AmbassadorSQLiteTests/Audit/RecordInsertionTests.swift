import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorSQLite

/// Records are written many to a statement; whatever their number, each is written once and in its place.
@Suite struct RecordInsertionTests {
    private func record(_ microseconds: Int) throws -> AuditRecord {
        var record = try makeRecord()
        record.totalMicroseconds = Int64(microseconds)
        return record
    }

    @Test(
        "batches of any size are written whole and in order",
        arguments: [1, 2, 15, 16, 17, 31, 32, 33, 100, 2_100]
    ) func sizes(count: Int) async throws {
        try await withDatabase { fixture in
            try await fixture.record(try (0..<count).map { try self.record($0 + 1) })
            let reader = try AuditReader(path: fixture.path)
            var found: [Int64] = []
            try reader.query(sql: "SELECT id, total_us FROM audit_records ORDER BY id", columns: { _ in }) { row in
                if case .integer(let id) = row[0], case .integer(let microseconds) = row[1] {
                    #expect(id == microseconds)
                    found.append(id)
                }
                return true
            }
            #expect(found == (1...Int64(count)).map { $0 })
        }
    }

    @Test(
        "a column that is empty in one record and not in the next is told apart in both, at each place of a statement"
    )
    func columns() async throws {
        try await withDatabase { fixture in
            let records = try (0..<40).map { number in
                var record = try self.record(number)
                record.principal = number % 2 == 0 ? nil : "p\(number)"
                record.clientAddress = number % 3 == 0 ? "10.0.0.\(number)" : nil
                record.ageSeconds = number % 5 == 0 ? nil : number
                return record
            }
            try await fixture.record(records)
            let reader = try AuditReader(path: fixture.path)
            var rows: [[SQLiteValue]] = []
            let sql = "SELECT principal, client_address, age_s FROM audit_records ORDER BY total_us"
            try reader.query(sql: sql, columns: { _ in }) { row in
                rows.append(row)
                return true
            }
            for (number, row) in rows.enumerated() {
                #expect(row[0] == (number % 2 == 0 ? SQLiteValue.null : .text("p\(number)")))
                #expect(row[1] == (number % 3 == 0 ? SQLiteValue.text("10.0.0.\(number)") : .null))
                #expect(row[2] == (number % 5 == 0 ? SQLiteValue.null : .integer(Int64(number))))
            }
            #expect(rows.count == 40)
        }
    }

    @Test("what a transaction that failed had bound is written once by the next one, and nothing else with it")
    func failure() async throws {
        try await withDatabase { fixture in
            let intruder = try fixture.connect()
            try intruder.execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON audit_records WHEN new.total_us = 21
                BEGIN SELECT RAISE(ABORT, 'not now'); END
                """
            )
            for number in 1...40 {
                guard fixture.auditLog.reserve() else { throw FixtureError.queueIsFull }
                fixture.auditLog.record(try self.record(number))
            }
            try await eventually { !fixture.database.isWritable }
            try intruder.execute("DROP TRIGGER refuse")
            try await eventually { fixture.auditLog.queued == 0 }
            let reader = try AuditReader(path: fixture.path)
            var found: [SQLiteValue] = []
            try reader.query(sql: "SELECT total_us FROM audit_records ORDER BY id", columns: { _ in }) { row in
                found.append(row[0])
                return true
            }
            #expect(found == (1...40).map { .integer($0) })
        }
    }
}
