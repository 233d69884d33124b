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
}
