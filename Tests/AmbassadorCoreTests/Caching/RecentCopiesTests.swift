import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct RecentCopiesTests {
    private let start = NIODeadline.uptimeNanoseconds(1)

    @Test("an entry is new once, and a later one of the same key is new again")
    func once() {
        let copies = RecentCopies()
        let (first, other) = (CacheEntry.sample(.sample(1)), CacheEntry.sample(.sample(2)))
        #expect(copies.note(first, at: self.start))
        #expect(!copies.note(first, at: self.start))
        #expect(copies.note(other, at: self.start))
        let later = CacheEntry.sample(.sample(1), storedAt: 1)
        #expect(copies.note(later, at: self.start))
        #expect(!copies.note(later, at: self.start))
    }

    @Test("an entry is new again after a minute, since its copy may have gone")
    func again() {
        let copies = RecentCopies()
        let entry = CacheEntry.sample(.sample(1))
        #expect(copies.note(entry, at: self.start))
        #expect(!copies.note(entry, at: self.start + .seconds(59)))
        #expect(copies.note(entry, at: self.start + .seconds(60)))
    }

    @Test("nearly all of as many entries as there is room for are known, and all that are new are new")
    func many() {
        let copies = RecentCopies()
        let entries = (0..<50_000).map { number in CacheEntry.sample(.scattered(number)) }
        #expect(entries.allSatisfy { copies.note($0, at: self.start) })
        #expect(entries.count { copies.note($0, at: self.start + .seconds(1)) } < 2_500)
        let later = entries.map { CacheEntry.sample($0.key, storedAt: 1) }
        #expect(later.allSatisfy { copies.note($0, at: self.start + .seconds(1)) })
    }
}

extension CacheKey {
    /// A key whose words are spread as those of real ones, by the steps of SplitMix64.
    fileprivate static func scattered(_ number: Int) -> CacheKey {
        var generator = SeededGenerator(seed: UInt64(number))
        let scope = CacheScope(high: generator.next(), low: generator.next())
        return CacheKey(
            scope: scope,
            input: InputHash(words: (generator.next(), generator.next(), generator.next(), generator.next()))
        )
    }
}
