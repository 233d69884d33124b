import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorSQLite

/// What event loops are told of the records that they wait for.
@Suite struct CommitListenerTests {
    /// A listener that remembers what it was told, and whether that was on its loop.
    private final class Told: Sendable {
        private let state = Mutex<(progress: [CommitProgress], isOnLoop: Bool)>(([], true))

        var progress: [CommitProgress] { self.state.withLock { $0.progress } }
        var isOnLoop: Bool { self.state.withLock { $0.isOnLoop } }
        /// The last ticket that it was told of.
        var through: CommitTicket? { self.progress.last?.through }

        func listener(on eventLoop: any EventLoop) -> CommitListener {
            CommitListener(on: eventLoop) { progress in
                self.state.withLock { state in
                    state.progress.append(progress)
                    if !eventLoop.inEventLoop { state.isOnLoop = false }
                }
            }
        }
    }

    private let group = MultiThreadedEventLoopGroup.singleton

    private static func append(
        _ fixture: Fixture,
        _ count: Int,
        telling listener: CommitListener
    ) throws
        -> [CommitTicket]
    {
        try (0..<count).map { _ in
            #expect(fixture.auditLog.reserve())
            return try #require(fixture.auditLog.record(try makeRecord(), telling: listener))
        }
    }

    @Test("each loop is told of its own records, in their order, once they are on disk")
    func order() async throws {
        try await withDatabase {
            $0.auditDurability = .strict
        } _: { fixture in
            let told = [Told(), Told()]
            let listeners = told.map { $0.listener(on: self.group.next()) }
            var last: [CommitTicket?] = [nil, nil]
            var count = 0
            for round in 1...20 {
                for (index, listener) in listeners.enumerated() {
                    let tickets = try Self.append(fixture, round * (index + 1), telling: listener)
                    count += tickets.count
                    #expect(tickets == tickets.sorted())
                    if let before = last[index], let first = tickets.first { #expect(before < first) }
                    last[index] = tickets.last
                }
                fixture.auditLog.commit()
                if round % 5 == 0 {
                    try await eventually { told.map(\.through) == last }
                    #expect(try fixture.count("audit_records") == count)
                }
            }
            for told in told {
                #expect(told.isOnLoop)
                #expect(!told.progress.contains { !$0.isCommitted })
                #expect(told.progress.map(\.through) == told.progress.map(\.through).sorted())
                #expect(Set(told.progress).count == told.progress.count)
            }
            #expect(fixture.auditLog.queued == 0)
        }
    }

    @Test("records that come together are told of at once")
    func together() async throws {
        try await withDatabase {
            $0.auditDurability = .strict
        } _: { fixture in
            let told = Told()
            let listener = told.listener(on: self.group.next())
            // While the writer is busy, so that it takes all of them at its next look.
            let tickets = Mutex<[CommitTicket]>([])
            try await fixture.database.withWritingConnection { _ throws(SQLiteError) in
                let appended = try? Self.append(fixture, 100, telling: listener)
                tickets.withLock { $0 = appended ?? [] }
            }
            let last = try #require(tickets.withLock { $0 }.last)
            fixture.auditLog.commit()
            try await eventually { told.through == last }
            #expect(told.progress.count == 1)
        }
    }

    @Test("while the disk fails in between, the loop is told which of its records are not written")
    func failing() async throws {
        try await withDatabase {
            $0.auditDurability = .strict
        } _: { fixture in
            let told = Told()
            let listener = told.listener(on: self.group.next())
            let before = try Self.append(fixture, 10, telling: listener)
            fixture.auditLog.commit()
            try await eventually { told.through == before.last }
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            let during = try Self.append(fixture, 10, telling: listener)
            fixture.auditLog.commit()
            try await eventually { told.through == during.last }
            try intruder.execute("ROLLBACK")
            try await eventually { fixture.database.isWritable }
            let after = try Self.append(fixture, 10, telling: listener)
            fixture.auditLog.commit()
            try await eventually { told.through == after.last }
            for progress in told.progress {
                let isDuring = during[0] <= progress.through && progress.through <= during[9]
                #expect(progress.isCommitted != isDuring)
            }
            #expect(try fixture.count("audit_records") == 20)
            #expect(fixture.metric(.auditRecords, "failed") == 10)
            #expect(fixture.auditLog.queued == 0)
        }
    }

    @Test("once the log is closed nothing is taken, and the place is free again")
    func closed() async throws {
        try await withTemporaryFolder { folder in
            var log: SQLiteAuditLog?
            try await withDatabase(at: folder + "/audit.db") { fixture in
                log = fixture.auditLog
                #expect(fixture.auditLog.reserve())
                Task { await fixture.database.stop() }
                // The stop waits for the place that is reserved.
                let told = Told()
                let ticket = fixture.auditLog.record(
                    try makeRecord(),
                    telling: told.listener(on: self.group.next())
                )
                fixture.auditLog.commit()
                try await eventually { told.through == ticket }
                #expect(told.progress.map(\.isCommitted) == [true])
            }
            let closed = try #require(log)
            let told = Told()
            #expect(closed.record(try makeRecord(), telling: told.listener(on: self.group.next())) == nil)
            #expect(told.progress.isEmpty)
        }
    }
}
