import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorSQLite

/// What becomes of requests while nothing can be written and no more records can wait.
@Suite struct WhenFullTests {
    /// Lets the file grow no more, until the other one is called.
    private func fill(_ fixture: Fixture) async throws {
        try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
            let pages = try connection.integer("PRAGMA page_count") ?? 0
            try connection.execute("PRAGMA max_page_count = \(pages)")
        }
        let text = String(repeating: "long ", count: 2_000)
        for number in 0..<100 {
            guard fixture.auditLog.reserve() else { throw FixtureError.queueIsFull }
            fixture.auditLog.record(try makeRecord(input: text + "\(number)"))
        }
        try await eventually { !fixture.database.isWritable }
    }

    private func makeRoom(_ fixture: Fixture) async throws {
        try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
            try connection.execute("PRAGMA max_page_count = 100000")
        }
    }

    @Test("while nothing can be written, whoever finds no place is refused at once, and so is who waits for one")
    func refuse() async throws {
        try await withDatabase {
            $0.auditQueueCapacity = 100
            // So long that a test which waits for it does not end.
            $0.auditPatience = .seconds(3_600)
        } _: { fixture in
            #expect(!fixture.auditLog.isFull)
            try await self.fill(fixture)
            #expect(fixture.auditLog.isFull)
            #expect(!fixture.auditLog.reserve())
            for _ in 0..<100 { #expect(await !fixture.auditLog.reserveWaiting()) }
            try await self.makeRoom(fixture)
            try await eventually { fixture.auditLog.queued == 0 }
            #expect(try fixture.count("audit_records") == 100)
            #expect(try fixture.count("audit_gaps") == 0)
        }
    }

    @Test("who waits for a place is refused once writing fails") func waiting() async throws {
        let signal = WriterSignal()
        let queue = AuditQueue(capacity: 1, signal: signal)
        #expect(queue.reserve())
        async let first = queue.reserveWaiting(patience: .seconds(3_600))
        async let second = queue.reserveWaiting(patience: .seconds(3_600))
        while queue.waiterCount < 2 { await Task.yield() }
        queue.refuseWaiters()
        #expect(await first == false)
        #expect(await second == false)
        queue.release(1)
        #expect(queue.reserve())
    }

    @Test("where requests are served all the same, what could not be recorded is a gap that is recorded")
    func serve() async throws {
        try await withDatabase {
            $0.auditQueueCapacity = 100
            $0.auditWhenFull = .serve
        } _: { fixture in
            try await self.fill(fixture)
            let start: Int64 = 1_790_000_000_000
            for number in 1...250 {
                #expect(fixture.auditLog.reserve())
                fixture.auditLog.record(try makeRecord(at: Timestamp(milliseconds: start + Int64(number))))
            }
            let left = try #require(fixture.metric(.auditRecords, "left_out"))
            // The writing thread has taken some of the first hundred, which makes room for as many.
            #expect((150...250).contains(left))
            try await self.makeRoom(fixture)
            try await eventually { try fixture.connect().integer("SELECT sum(count) FROM audit_gaps") == Int64(left) }
            try await eventually { fixture.auditLog.queued == 0 }
            #expect(try fixture.count("audit_records") == 350 - Int(left))
            let gap = try fixture.connect().prepare("SELECT since, until, reason FROM audit_gaps")
            #expect(try gap.step())
            #expect(gap.integer(at: 0) > start && gap.integer(at: 0) <= gap.integer(at: 1))
            #expect(gap.integer(at: 1) == start + 250)
            #expect(gap.text(at: 2).contains("full"))
        }
    }

    @Test("a strict log that serves lets answers leave whose records could not be written") func serveStrict()
        async throws
    {
        try await withDatabase {
            $0.auditDurability = .strict
            $0.auditWhenFull = .serve
        } _: { fixture in
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            #expect(fixture.auditLog.reserve())
            #expect(await fixture.auditLog.recordCommitted(try makeRecord()))
            #expect(fixture.metric(.auditRecords, "left_out") == 1)
            try intruder.execute("ROLLBACK")
            try await eventually { try fixture.connect().integer("SELECT sum(count) FROM audit_gaps") == 1 }
            #expect(try fixture.count("audit_records") == 0)
        }
    }

    @Test("a stop says how many records it lost", arguments: [0, 1, 100]) func lost(_ count: Int) async throws {
        try await withDatabase {
            $0.stopPatience = .milliseconds(50)
        } _: { fixture in
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            for _ in 0..<count {
                #expect(fixture.auditLog.reserve())
                fixture.auditLog.record(try makeRecord())
            }
            await fixture.database.stop()
            #expect(fixture.database.lostRecords == count)
            #expect(fixture.metric(.auditRecords, "failed") == Double(count))
        }
    }
}
