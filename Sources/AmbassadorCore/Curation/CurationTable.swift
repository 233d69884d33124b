import Synchronization

/// The marks in force, all of them in memory; bounded in number and bytes.
///
/// Asked for every request: where there are no marks, as with most operators, that is one atomic load.
package final class CurationTable: Sendable {
    fileprivate struct State {
        var marks: [CacheKey: CurationMark] = [:]
        var byteCount = 0
        var damaged = 0
    }

    /// The most marks, and the most bytes that they take.
    package static let marksMax = 10_000
    package static let bytesMax = 64 << 20

    private let state = Mutex(State())
    /// Whether marks were there before this start, and so perhaps from before the form changed in which texts are hashed.
    let hasEarlier: Bool
    // A copy of the number of marks that is read without the lock.
    private let count = Atomic<Int>(0)

    package init(_ marks: [CurationMark] = []) {
        self.hasEarlier = !marks.isEmpty
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

    /// How many marks stand in place of a damaged row; see ``CurationMark/isDamaged``.
    package var damagedCount: Int { self.state.withLock { $0.damaged } }

    /// Whether ``insert(_:)`` would take the mark.
    func hasRoom(for mark: CurationMark) -> Bool {
        self.state.withLock { $0.hasRoom(for: mark) }
    }

    /// - Returns: `false` where there is no room for it.
    @discardableResult
    func insert(_ mark: CurationMark) -> Bool {
        self.state.withLock { state in
            guard state.hasRoom(for: mark) else { return false }
            state.remove(mark.key)
            state.marks[mark.key] = mark
            state.byteCount += mark.byteCount
            if mark.isDamaged { state.damaged += 1 }
            self.count.store(state.marks.count, ordering: .relaxed)
            return true
        }
    }

    @discardableResult
    func remove(_ key: CacheKey) -> CurationMark? {
        self.state.withLock { state in
            guard let removed = state.remove(key) else { return nil }
            self.count.store(state.marks.count, ordering: .relaxed)
            return removed
        }
    }
}

extension CurationTable.State {
    fileprivate func hasRoom(for mark: CurationMark) -> Bool {
        let replaced = self.marks[mark.key]
        return (replaced != nil || self.marks.count < CurationTable.marksMax)
            && self.byteCount + mark.byteCount - (replaced?.byteCount ?? 0) <= CurationTable.bytesMax
    }

    @discardableResult
    fileprivate mutating func remove(_ key: CacheKey) -> CurationMark? {
        guard let removed = self.marks.removeValue(forKey: key) else { return nil }
        self.byteCount -= removed.byteCount
        if removed.isDamaged { self.damaged -= 1 }
        return removed
    }
}
