import DequeModule
import Synchronization

/// The purges of late, so that no fetch that was under way during a purge brings back what it removed.
///
/// A fetch asks for ``sequence`` before it reads or calls anything. A purge is noted here first and carried out after. What the fetch
/// brought is then kept through ``keep(_:askedAt:insert:)``: either the purge came first and the entry is refused, or the entry came
/// first and the purge removes it.
package final class PurgeLedger: Sendable {
    fileprivate struct Purge {
        let selection: PurgeSelection
        /// When it was asked for; `nil` for what has no meaning to others.
        let time: Timestamp?
    }

    fileprivate struct State {
        /// The latest purges, oldest first; the last one's number is `sequence`.
        var purges = Deque<Purge>()
        var sequence: UInt64 = 0
    }

    private let purgesMax: Int
    private let state = Mutex(State())
    // A copy of the state's number that is read without the lock.
    private let published = Atomic<UInt64>(0)

    /// - Parameter purgesMax: how many purges are remembered. A fetch that was under way during more than these keeps nothing.
    package init(purgesMax: Int = 1024) {
        precondition(purgesMax > 0)
        self.purgesMax = purgesMax
    }

    /// The number of the latest purge; one atomic load.
    package var sequence: UInt64 { self.published.load(ordering: .acquiring) }

    /// Notes a purge, before it is carried out on any cache.
    ///
    /// - Parameters:
    ///   - selection: what it removes.
    ///   - time: when it was asked for, so that what was stored before can be told until it is removed; see ``mayTake(_:)``.
    package func note(_ selection: PurgeSelection, at time: Timestamp? = nil) {
        self.state.withLock { state in
            if state.purges.count == self.purgesMax {
                state.purges.removeFirst()
            }
            state.purges.append(Purge(selection: selection, time: time))
            state.sequence += 1
            self.published.store(state.sequence, ordering: .releasing)
        }
    }

    /// Whether an answer that was asked for at a sequence may still be kept: no purge since then covers it.
    ///
    /// The answer may be outdated as soon as it is given; ``keep(_:askedAt:insert:)`` is not.
    ///
    /// - Returns: `false` also where more purges came since than are remembered.
    package func permits(_ entry: CacheEntry, askedAt sequence: UInt64) -> Bool {
        guard sequence != self.sequence else { return true }
        return self.state.withLock { $0.permits(entry, askedAt: sequence) }
    }

    /// Whether an entry that was found beyond memory may be taken: it was stored after every purge that covers it.
    ///
    /// Removing entries there takes time, and until then they must not be found. The clocks of replicas may be
    /// ``Freshness/clockSkewMax`` apart, so an entry that is stored sooner than that after a purge is not found either.
    package func mayTake(_ entry: CacheEntry) -> Bool {
        guard self.sequence > 0 else { return true }
        return self.state.withLock { $0.mayTake(entry) }
    }

    /// Inserts an entry into the caches unless a purge noted since `askedAt` covers it.
    ///
    /// - Parameters:
    ///   - entry: what the fetch brought.
    ///   - sequence: what ``sequence`` was before anything was fetched.
    ///   - insert: run inside the ledger's lock, so that no purge is noted between the question and the insertion. It must be as
    ///     short as an insertion into memory or into a queue, and must not call the ledger.
    /// - Returns: whether the entry was inserted.
    package func keep(_ entry: CacheEntry, askedAt sequence: UInt64, insert: () -> Void) -> Bool {
        self.state.withLock { state in
            guard state.permits(entry, askedAt: sequence) else { return false }
            insert()
            return true
        }
    }
}

extension PurgeLedger.State {
    fileprivate func permits(_ entry: CacheEntry, askedAt asked: UInt64) -> Bool {
        guard asked < self.sequence else { return true }
        let since = self.sequence - asked
        guard since <= UInt64(self.purges.count) else { return false }
        return !self.purges.suffix(Int(since)).contains { $0.selection.covers(entry) }
    }

    fileprivate func mayTake(_ entry: CacheEntry) -> Bool {
        !self.purges.contains { purge in
            guard let time = purge.time else { return false }
            return entry.storedAt <= time.advanced(by: Freshness.clockSkewMax) && purge.selection.covers(entry)
        }
    }
}
