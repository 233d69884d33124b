import Synchronization

/// The marks in force, all of them in memory; bounded in number and bytes.
///
/// Asked for every request: where there are no marks, as with most operators, that is one atomic load.
package final class CurationTable: Sendable {
    private struct State {
        var marks: [CacheKey: CurationMark] = [:]
        var byteCount = 0
    }

    /// The most marks, and the most bytes that they take.
    package static let marksMax = 10_000
    package static let bytesMax = 64 << 20

    private let state = Mutex(State())
    // A copy of the number of marks that is read without the lock.
    private let count = Atomic<Int>(0)

    package init(_ marks: [CurationMark] = []) {
        for mark in marks { self.insert(mark) }
    }

    /// What was decided about a key.
    func mark(for key: CacheKey) -> CurationMark? {
        guard self.count.load(ordering: .relaxed) > 0 else { return nil }
        return self.state.withLock { $0.marks[key] }
    }

    /// All marks, the latest first.
    package var all: [CurationMark] {
        self.state.withLock { Array($0.marks.values) }.sorted { $0.time > $1.time }
    }

    /// - Returns: `false` where there is no room for it.
    @discardableResult
    func insert(_ mark: CurationMark) -> Bool {
        self.state.withLock { state in
            let replaced = state.marks[mark.key]
            let byteCount = state.byteCount + mark.byteCount - (replaced?.byteCount ?? 0)
            guard replaced != nil || state.marks.count < Self.marksMax, byteCount <= Self.bytesMax else { return false }
            state.marks[mark.key] = mark
            state.byteCount = byteCount
            self.count.store(state.marks.count, ordering: .relaxed)
            return true
        }
    }

    @discardableResult
    func remove(_ key: CacheKey) -> CurationMark? {
        self.state.withLock { state in
            guard let removed = state.marks.removeValue(forKey: key) else { return nil }
            state.byteCount -= removed.byteCount
            self.count.store(state.marks.count, ordering: .relaxed)
            return removed
        }
    }
}
