import Synchronization

/// A number that only grows, or a level that goes up and down.
///
/// Relaxed: a scrape may see one counter a moment before another.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    /// The value now.
    package var value: Int { self.count.load(ordering: .relaxed) }

    package func increment(by amount: Int = 1) {
        self.count.add(amount, ordering: .relaxed)
    }

    package func decrement(by amount: Int = 1) {
        self.count.subtract(amount, ordering: .relaxed)
    }
}
