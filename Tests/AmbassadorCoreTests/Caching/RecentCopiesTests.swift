import Testing

@testable import AmbassadorCore

@Suite struct RecentCopiesTests {
    @Test("an entry is new once, and a later one of the same key is new again")
    func once() {
        let copies = RecentCopies()
        let (first, other) = (CacheEntry.sample(.sample(1)), CacheEntry.sample(.sample(2)))
        #expect(copies.note(first))
        #expect(!copies.note(first))
        #expect(copies.note(other))
        let later = CacheEntry.sample(.sample(1), storedAt: 1)
        #expect(copies.note(later))
        #expect(!copies.note(later))
    }
}
