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

    @Test("what other replicas stored before a purge, as far as clocks can tell, is not taken from where they share it")
    func shared() {
        let ledger = PurgeLedger()
        func entry(storedAt: Int64) -> CacheEntry {
            .sample(.sample(1), tenant: .sample("a"), target: .sample("x"), storedAt: storedAt)
        }
        #expect(ledger.mayTake(entry(storedAt: 1)))
        ledger.note(.tenant(.sample("a")), at: Timestamp(milliseconds: 100_000))
        #expect(!ledger.mayTake(entry(storedAt: 99_999)))
        #expect(!ledger.mayTake(entry(storedAt: 105_000)))
        #expect(ledger.mayTake(entry(storedAt: 105_001)))
        ledger.note(.tenant(.sample("b")), at: Timestamp(milliseconds: 200_000))
        #expect(ledger.mayTake(entry(storedAt: 110_000)))
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
