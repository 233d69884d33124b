import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorSQLite

/// A clock that is wrong for a while costs nothing that is kept.
@Suite struct ClockTests {
    private static let day = Duration.seconds(86_400)

    private func fill(_ fixture: Fixture) async throws {
        let now = fixture.clock.now
        try await fixture.record((0..<50).map { try makeRecord(at: now, tenant: "t\($0)", input: "question \($0)") })
        for number in 0..<20 {
            let entry = try makeEntry(number: UInt64(number), storedAt: now)
            fixture.store.insert(entry, lifetime: Self.day)
        }
        try await fixture.settle()
    }

    private func counts(_ fixture: Fixture) throws -> [Int] {
        try ["audit_records", "entries", "audit_inputs WHERE text IS NOT NULL"].map { try fixture.count($0) }
    }

    private func configure(_ configuration: inout SQLiteConfiguration) {
        configuration.auditRetention = Self.day * 2
        configuration.auditBodiesRetention = Self.day
    }

    @Test("an answer of a clock that was ahead gives way, and no other to an older one")
    func replaced() async throws {
        try await withDatabase { fixture in
            let now = fixture.clock.now
            let cases: [(Duration, Timestamp)] = [
                (Self.day * 3, now), (.seconds(4), now.advanced(by: .seconds(4))), (.zero, now),
                (.zero - .seconds(10), now),
            ]
            for (number, (offset, expected)) in cases.enumerated() {
                let key = UInt64(number)
                for time in [now.advanced(by: offset), now] where offset >= .zero || time <= now {
                    fixture.store.insert(try makeEntry(number: key, storedAt: time), lifetime: Self.day * 7)
                    try await fixture.settle()
                }
                let found = await fixture.store.entry(for: try makeEntry(number: key).key)
                #expect(found?.storedAt == expected, "\(offset)")
            }
        }
    }

    /// Until retention has looked at everything twice.
    private func rounds(_ fixture: Fixture) async throws {
        for _ in 0..<2 { _ = await fixture.database.pruneWithoutBelief() }
    }

    @Test("a clock ahead for a moment deletes nothing", arguments: [3, 100]) func ahead(days: Int) async throws {
        try await withDatabase(self.configure) { fixture in
            try await self.fill(fixture)
            fixture.clock.jump(by: Self.day * days)
            try await eventually { fixture.metric(.clockJumps) == 1 }
            try await self.rounds(fixture)
            // Records of that moment go nowhere either, nor do they take others with them.
            try await fixture.record([try makeRecord(at: fixture.clock.now)])
            #expect(try self.counts(fixture) == [51, 20, 50])
            #expect(fixture.metric(.deletionsHeld) == 1)
            fixture.clock.jump(by: .zero - Self.day * days)
            try await eventually { fixture.metric(.deletionsHeld) == 0 }
            try await self.rounds(fixture)
            #expect(try self.counts(fixture) == [51, 20, 50])
            fixture.clock.advance(by: Self.day * 2.5)
            try await eventually { try self.counts(fixture) == [1, 0, 0] }
        }
    }

    @Test("a clock that stays where it has jumped to is believed after an hour") func steady() async throws {
        try await withDatabase(self.configure) { fixture in
            try await self.fill(fixture)
            fixture.clock.jump(by: Self.day * 3)
            try await eventually { fixture.metric(.clockJumps) == 1 }
            fixture.clock.advance(by: .seconds(3_500))
            try await self.rounds(fixture)
            #expect(try self.counts(fixture) == [50, 20, 50])
            fixture.clock.advance(by: .seconds(200))
            try await eventually { try self.counts(fixture) == [0, 0, 0] }
        }
    }

    @Test("an operator's word confirms it at once, and is told what went") func told() async throws {
        try await withDatabase(self.configure) { fixture in
            try await self.fill(fixture)
            #expect(await fixture.database.pruneNow() == 0)
            fixture.clock.jump(by: Self.day * 3)
            try await self.rounds(fixture)
            #expect(try self.counts(fixture) == [50, 20, 50])
            #expect(await fixture.database.pruneNow() == 70)
            #expect(try self.counts(fixture)[..<2] == [0, 0])
            #expect(fixture.metric(.deletionsHeld) == 0)
        }
    }

    @Test("a start with a clock far ahead of what was written last deletes nothing at first") func restart()
        async throws
    {
        try await withTemporaryFolder { folder in
            let clock = SettableClock()
            let path = folder + "/a.db"
            try await withDatabase(at: path, clock: clock, self.configure) { try await self.fill($0) }
            clock.jump(by: Self.day * 100)
            try await withDatabase(at: path, clock: clock, self.configure) { fixture in
                try await self.rounds(fixture)
                #expect(try self.counts(fixture) == [50, 20, 50])
                #expect(fixture.metric(.deletionsHeld) == 1)
                clock.advance(by: .seconds(3_601))
                try await eventually { try self.counts(fixture) == [0, 0, 0] }
            }
        }
    }

    @Test("what is too much goes whatever the clock says") func number() async throws {
        try await withDatabase {
            $0.auditRecordsMax = 10
        } _: { fixture in
            fixture.clock.jump(by: Self.day * 100)
            try await fixture.record((0..<50).map { _ in try makeRecord(at: fixture.clock.now) })
            try await eventually { try fixture.count("audit_records") == 10 }
        }
    }
}
