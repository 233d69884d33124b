import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct PurgeLedgerTests {
    private let entry = CacheEntry.sample(.sample(1), tenant: .sample("a"), target: .sample("x"))

    private func permits(_ ledger: PurgeLedger, askedAt sequence: UInt64) -> Bool {
        ledger.permits(self.entry, askedAt: sequence)
    }

    @Test(
        "an answer asked for before a purge is kept only where the purge does not cover it",
        arguments: [
            (PurgeSelection.all, false),
            (.key(.sample(1)), false),
            (.key(.sample(2)), true),
            (.key(.sample(1, scope: 2)), true),
            (.tenant(.sample("a")), false),
            (.tenant(.sample("b")), true),
            (.flow(target: .sample("x")), false),
            (.flow(target: .sample("X")), true),
            (.tenantFlow(tenant: .sample("a"), target: .sample("x")), false),
            (.tenantFlow(tenant: .sample("a"), target: .sample("y")), true),
            (.tenantFlow(tenant: .sample("b"), target: .sample("x")), true),
        ]
    )
    func coverage(selection: PurgeSelection, isPermitted: Bool) {
        let ledger = PurgeLedger()
        let asked = ledger.sequence
        ledger.note(selection)
        #expect(self.permits(ledger, askedAt: asked) == isPermitted)
        #expect(self.permits(ledger, askedAt: ledger.sequence))
        var isInserted = false
        #expect(ledger.keep(self.entry, askedAt: asked) { isInserted = true } == isPermitted)
        #expect(isInserted == isPermitted)
    }

    @Test("as many purges as are remembered are judged; after one more, what was asked before them all is refused")
    func bound() {
        let ledger = PurgeLedger(purgesMax: 3)
        let asked = ledger.sequence
        for number: UInt64 in 10..<13 {
            ledger.note(.key(.sample(number)))
        }
        #expect(self.permits(ledger, askedAt: asked))
        ledger.note(.key(.sample(13)))
        #expect(!self.permits(ledger, askedAt: asked))
        #expect(self.permits(ledger, askedAt: asked + 1))
    }

    private static func entry(storedAt: Int64) -> CacheEntry {
        .sample(.sample(1), tenant: .sample("a"), target: .sample("x"), storedAt: storedAt)
    }

    private static let (time, selection) = (Timestamp(milliseconds: 100_000), PurgeSelection.tenant(.sample("a")))

    @Test("what was stored before a purge, as far as clocks can tell, is not found until it is removed")
    func found() {
        let ledger = PurgeLedger()
        #expect(ledger.mayTake(Self.entry(storedAt: 1), from: .shared))
        ledger.begin(Self.selection, at: Self.time, isForeign: false)
        ledger.begin(.tenant(.sample("b")), at: Timestamp(milliseconds: 200_000), isForeign: false)
        for place in PurgeLedger.Place.allCases {
            #expect(!ledger.mayTake(Self.entry(storedAt: 99_999), from: place))
            #expect(!ledger.mayTake(Self.entry(storedAt: 105_000), from: place))
            #expect(ledger.mayTake(Self.entry(storedAt: 105_001), from: place))
        }
        ledger.finish(Self.selection, at: Self.time, in: .store)
        #expect(ledger.mayTake(Self.entry(storedAt: 105_000), from: .store))
        #expect(!ledger.mayTake(Self.entry(storedAt: 105_000), from: .shared))
        ledger.finish(Self.selection, at: Self.time, in: .shared)
        #expect(ledger.mayTake(Self.entry(storedAt: 99_999), from: .shared))
    }

    @Test("what another replica removes from where they share entries is found after a minute")
    func foreign() {
        let clock = MockClock()
        let ledger = PurgeLedger(clocks: clock.clocks)
        ledger.begin(Self.selection, at: Self.time, isForeign: true)
        ledger.finish(Self.selection, at: Self.time, in: .shared)
        #expect(!ledger.mayTake(Self.entry(storedAt: 1), from: .shared))
        clock.advance(by: .seconds(59))
        #expect(!ledger.mayTake(Self.entry(storedAt: 1), from: .shared))
        clock.advance(by: .seconds(1))
        #expect(ledger.mayTake(Self.entry(storedAt: 1), from: .shared))
        // The store is this replica's own to clear, however long it takes.
        #expect(!ledger.mayTake(Self.entry(storedAt: 1), from: .store))
        ledger.finish(Self.selection, at: Self.time, in: .store)
        #expect(ledger.mayTake(Self.entry(storedAt: 1), from: .store))
    }

    @Test("of more purges than are remembered the oldest is forgotten")
    func bounded() {
        let ledger = PurgeLedger(purgesMax: 2)
        ledger.begin(Self.selection, at: Self.time, isForeign: false)
        ledger.begin(.key(.sample(7)), at: Self.time, isForeign: false)
        #expect(!ledger.mayTake(Self.entry(storedAt: 1), from: .store))
        ledger.begin(.key(.sample(8)), at: Self.time, isForeign: false)
        #expect(ledger.mayTake(Self.entry(storedAt: 1), from: .store))
    }

    @Test("in a thousand races no fetch brings back what was purged")
    func races() async {
        for round in 0..<1000 {
            let ledger = PurgeLedger()
            let cache = MemoryCache(bytesMax: 64 << 10, metrics: MetricRegistry(), sketchSeed: 1)
            let asked = ledger.sequence
            let entry = CacheEntry.sample(.sample(UInt64(round)))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = ledger.keep(entry, askedAt: asked) { cache.insert(entry, expiresAt: .distantFuture) }
                }
                group.addTask {
                    ledger.note(.all)
                    cache.remove(.all)
                }
            }
            #expect(cache.statistics.entries == 0)
        }
    }
}
