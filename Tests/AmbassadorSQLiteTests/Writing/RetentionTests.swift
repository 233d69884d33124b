import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorSQLite

@Suite struct RetentionTests {
    private static let day = Duration.seconds(86_400)

    @Test("records go by age with their texts and names, and their ids are not given again") func age() async throws {
        try await withTemporaryFolder { folder in
            let clock = SettableClock()
            let path = folder + "/a.db"
            let configure: (inout SQLiteConfiguration) -> Void = { $0.auditRetention = Self.day * 3 }
            try await withDatabase(at: path, clock: clock, configure) { fixture in
                try await fixture.record(
                    (0..<450).map {
                        try makeRecord(at: clock.now, tenant: "old-\($0)", flow: "old", input: "old \($0)")
                    }
                )
                clock.advance(by: Self.day * 2)
                try await fixture.record([try makeRecord(at: clock.now, flow: "new", input: "new")])
                #expect(try fixture.count("audit_records") == 451)
                clock.advance(by: Self.day * 1.5)
                try await eventually { try fixture.count("audit_records") == 1 }
                try await eventually { try fixture.count("audit_inputs") == 1 }
                try await eventually { try fixture.count("names WHERE name LIKE 'old%'") == 0 }
                #expect(try fixture.count("names WHERE name IN ('new', 'acme', 'node-1')") == 3)
                #expect(fixture.metric(.auditPruned) == 450)
                clock.advance(by: Self.day * 3)
                try await eventually { try fixture.count("audit_records") == 0 }
            }
            try await withDatabase(at: path, clock: clock, configure) { fixture in
                try await fixture.record([try makeRecord(at: clock.now, tenant: "old-1")])
                #expect(try AuditReader(path: path).lastID() == 452)
            }
        }
    }

    @Test("names go in the round after their records, also where the day changes within a round")
    func namesOfTheDay() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord(at: fixture.clock.now, tenant: "old", flow: "old")])
            let later = fixture.clock.now.advanced(by: Self.day * 200)
            let start = fixture.clock.now
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                let audit = try AuditTable(connection, node: "node-1", bodies: .both)
                let retention = Retention(
                    connection,
                    configuration: SQLiteConfiguration(path: fixture.path),
                    metrics: SQLiteMetrics(MetricRegistry()),
                    entries: try EntryTable(connection),
                    audit: audit
                )
                retention.begin()
                // So far that the record was found young enough to stay.
                for _ in 0..<5 { try retention.step(at: start) }
                while retention.isRunning { try retention.step(at: later) }
                retention.begin()
                while retention.isRunning { try retention.step(at: later) }
            }
            #expect(try fixture.count("audit_records") == 0)
            #expect(try fixture.count("names WHERE name = 'old'") == 0)
        }
    }

    @Test("records go by number, the oldest first", arguments: [(300, 300), (301, 300), (999, 300), (1, 1)])
    func count(records: Int, left: Int) async throws {
        try await withDatabase {
            $0.auditRecordsMax = 300
        } _: { fixture in
            try await fixture.record((0..<records).map { _ in try makeRecord(at: fixture.clock.now) })
            try await eventually { try fixture.count("audit_records") == left }
            #expect(try fixture.connect().integer("SELECT max(id) FROM audit_records") == Int64(records))
        }
    }

    @Test("what comes in does not outrun what goes, and the rest of retention has its turn all the while")
    func keepsUp() async throws {
        let clock = SettableClock()
        try await withDatabase(clock: clock) {
            $0.auditRecordsMax = 1_000
            $0.auditBodiesRetention = Self.day
            // A round is under way all the time.
            $0.retentionInterval = .milliseconds(1)
        } _: { fixture in
            try await fixture.record((0..<50).map { try makeRecord(at: clock.now, input: "old \($0)") })
            clock.advance(by: Self.day * 3)
            let record = try makeRecord(at: clock.now)
            var longest = 0
            for _ in 0..<30 {
                try await fixture.record(Array(repeating: record, count: 2_000))
                longest = max(longest, try fixture.count("audit_records"))
            }
            #expect(longest <= 3_000)
            #expect(try fixture.connect().integer("SELECT max(id) FROM audit_records") == 60_050)
            try await eventually { try fixture.count("audit_inputs WHERE text IS NOT NULL") == 0 }
            try await eventually { try fixture.count("audit_records") == 1_000 }
        }
    }

    @Test("records of a later time do not keep older ones, whatever the order of their ids") func orderOfTimes()
        async throws
    {
        let clock = SettableClock()
        try await withDatabase(clock: clock) {
            $0.auditRetention = Self.day * 3
        } _: { fixture in
            let ahead = clock.now.advanced(by: Self.day * 100)
            try await fixture.record((0..<250).map { _ in try makeRecord(at: ahead, tenant: "ahead") })
            try await fixture.record((0..<250).map { _ in try makeRecord(at: clock.now, tenant: "usual") })
            clock.advance(by: Self.day * 4)
            try await eventually { try fixture.count("audit WHERE tenant = 'usual'") == 0 }
            #expect(try fixture.count("audit WHERE tenant = 'ahead'") == 250)
        }
    }

    @Test("texts that came after all others were removed have ids of their own, and go in their turn")
    func textsAfterNone() async throws {
        let clock = SettableClock()
        try await withTemporaryFolder { folder in
            let configure: (inout SQLiteConfiguration) -> Void = {
                $0.auditRetention = Self.day * 10
                $0.auditBodiesRetention = Self.day * 2
            }
            for round in 0..<3 {
                try await withDatabase(at: folder + "/a.db", clock: clock, configure) { fixture in
                    try await fixture.record((0..<20).map { try makeRecord(at: clock.now, input: "\(round) \($0)") })
                    #expect(try fixture.count("audit WHERE input IS NOT NULL") == 20)
                    clock.advance(by: Self.day * 4)
                    try await eventually { try fixture.count("audit WHERE input IS NOT NULL") == 0 }
                    #expect(try fixture.count("audit WHERE input_hash IS NOT NULL") == 20)
                    clock.advance(by: Self.day * 10)
                    try await eventually { try fixture.count("audit_inputs") == 0 }
                    try await fixture.record([try makeRecord(at: clock.now, input: "again \(round)")])
                    #expect(
                        try fixture.connect().integer("SELECT max(id) FROM audit_inputs") == Int64(21 * (round + 1))
                    )
                    clock.advance(by: Self.day * 4)
                    try await eventually { try fixture.count("audit WHERE input IS NOT NULL") == 0 }
                    clock.advance(by: Self.day * 10)
                    try await eventually { try fixture.count("audit_inputs") == 0 }
                }
            }
        }
    }

    @Test("texts may go before their records") func texts() async throws {
        let clock = SettableClock()
        try await withDatabase(clock: clock) {
            $0.auditBodiesRetention = Self.day * 2
        } _: { fixture in
            try await fixture.record((0..<250).map { try makeRecord(at: clock.now, input: "old \($0)") })
            clock.advance(by: Self.day * 2)
            try await fixture.record([try makeRecord(at: clock.now, input: "new")])
            clock.advance(by: Self.day)
            try await eventually { try fixture.count("audit WHERE input IS NOT NULL") == 1 }
            #expect(try fixture.count("audit WHERE input_hash IS NOT NULL") == 251)
        }
    }
}
