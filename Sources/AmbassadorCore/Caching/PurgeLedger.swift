import DequeModule
import NIOCore
import Synchronization

/// The purges of late, so that no fetch that was under way during a purge brings back what it removed.
///
/// A fetch asks for ``sequence`` before it reads or calls anything. A purge is noted here first and carried out after. What the fetch
/// brought is then kept through ``keep(_:askedAt:insert:)``: either the purge came first and the entry is refused, or the entry came
/// first and the purge removes it.
package final class PurgeLedger: Sendable {
    /// Where a purge has to remove entries that are found again.
    package enum Place: Sendable, Hashable, CaseIterable {
        case store
        case shared
    }

    /// A purge that is not carried out everywhere.
    fileprivate struct Unfinished {
        let selection: PurgeSelection
        /// When it was asked for.
        let time: Timestamp
        var places: Set<Place>
        /// Until when it is remembered at the latest.
        let until: NIODeadline
    }

    fileprivate struct State {
        /// The latest purges, oldest first; the last one's number is `sequence`.
        var purges = Deque<PurgeSelection>()
        var sequence: UInt64 = 0
        /// Oldest first.
        var unfinished = Deque<Unfinished>()
    }

    /// How long a purge may take in the replica that carries it out where replicas share entries.
    private static let foreignRemovalMax = TimeAmount.minutes(1)

    private let purgesMax: Int
    private let clocks: Clocks
    private let state = Mutex(State())
    // Copies of the state's numbers that are read without the lock.
    private let published = Atomic<UInt64>(0)
    private let unfinishedCount = Atomic(0)

    /// - Parameters:
    ///   - purgesMax: how many purges are remembered. A fetch that was under way during more than these keeps nothing; of more that are
    ///     not carried out the oldest is forgotten.
    ///   - clocks: what the time of other replicas' purges is measured with.
    package init(purgesMax: Int = 1024, clocks: Clocks = .system) {
        precondition(purgesMax > 0)
        self.purgesMax = purgesMax
        self.clocks = clocks
    }

    /// The number of the latest purge; one atomic load.
    package var sequence: UInt64 { self.published.load(ordering: .acquiring) }

    /// How many purges are not carried out everywhere.
    var unfinished: Int { self.unfinishedCount.load(ordering: .acquiring) }

    /// Notes a purge, before it is carried out on any cache: what was asked for before is not kept.
    package func note(_ selection: PurgeSelection) {
        self.state.withLock { self.add(selection, to: &$0) }
    }

    /// Notes a purge whose entries are not to be found until they are removed; see ``mayTake(_:from:)``.
    ///
    /// - Parameters:
    ///   - selection: what it removes.
    ///   - time: when it was asked for.
    ///   - isForeign: whether another replica removes the entries from the shared cache; no message says when it has.
    package func begin(_ selection: PurgeSelection, at time: Timestamp, isForeign: Bool) {
        let until = isForeign ? self.clocks.now() + Self.foreignRemovalMax : .distantFuture
        self.state.withLock { state in
            self.add(selection, to: &state)
            while state.unfinished.count + (isForeign ? 2 : 1) > self.purgesMax, state.unfinished.popFirst() != nil {}
            if isForeign {
                state.unfinished.append(
                    Unfinished(selection: selection, time: time, places: [.shared], until: until)
                )
            }
            state.unfinished.append(
                Unfinished(
                    selection: selection,
                    time: time,
                    places: isForeign ? [.store] : Set(Place.allCases),
                    until: .distantFuture
                )
            )
            self.unfinishedCount.store(state.unfinished.count, ordering: .releasing)
        }
    }

    /// Forgets a purge where it is carried out: nothing that it covers is left there, and nothing comes there any more.
    package func finish(_ selection: PurgeSelection, at time: Timestamp, in place: Place) {
        self.state.withLock { state in
            for index in state.unfinished.indices
            where state.unfinished[index].until == .distantFuture && state.unfinished[index].time == time
                && state.unfinished[index].selection == selection
            {
                state.unfinished[index].places.remove(place)
            }
            state.unfinished.removeAll { $0.places.isEmpty }
            self.unfinishedCount.store(state.unfinished.count, ordering: .releasing)
        }
    }

    private func add(_ selection: PurgeSelection, to state: inout State) {
        if state.purges.count == self.purgesMax { state.purges.removeFirst() }
        state.purges.append(selection)
        state.sequence += 1
        self.published.store(state.sequence, ordering: .releasing)
    }

    /// Whether an answer that was asked for at a sequence may still be kept: no purge since then covers it.
    ///
    /// The answer may be outdated as soon as it is given; ``keep(_:askedAt:insert:)`` is not.
    ///
    /// - Returns: `false` also where more purges came since than are remembered.
    package func permits(_ entry: CacheEntry, askedAt sequence: UInt64) -> Bool {
        guard sequence != self.sequence else { return true }
        return self.state.withLock { $0.purges(after: sequence) }?.spare(entry) ?? false
    }

    /// Whether an entry that was found beyond memory may be taken: it was stored after every purge that covers it and is not yet carried
    /// out there.
    ///
    /// Removing entries takes time, and until then they must not be found. The clocks of replicas may be ``Freshness/clockSkewMax`` apart,
    /// so an entry that is stored sooner than that after such a purge is found only once the purge is carried out.
    ///
    /// Bound: the purges that are not carried out, ``init(purgesMax:clocks:)`` at most; most of the time there is none.
    package func mayTake(_ entry: CacheEntry, from place: Place) -> Bool {
        guard self.unfinishedCount.load(ordering: .acquiring) > 0 else { return true }
        let now = self.clocks.now()
        let unfinished = self.state.withLock { state in
            if state.unfinished.contains(where: { $0.until <= now }) {
                state.unfinished.removeAll { $0.until <= now }
                self.unfinishedCount.store(state.unfinished.count, ordering: .releasing)
            }
            return state.unfinished
        }
        return !unfinished.contains { $0.hides(entry, in: place) }
    }

    /// Inserts an entry into the caches unless a purge noted since `askedAt` covers it.
    ///
    /// - Parameters:
    ///   - entry: what the fetch brought, with the input that it was asked, kept or not: a purge by text goes by that.
    ///   - sequence: what ``sequence`` was before anything was fetched.
    ///   - insert: run inside the ledger's lock, once at most, so that no purge is noted between the question and the insertion. It must be as
    ///     short as an insertion into memory or into a queue, and must not call the ledger.
    /// - Returns: whether the entry was inserted.
    package func keep(_ entry: CacheEntry, askedAt sequence: UInt64, insert: () -> Void) -> Bool {
        var asked = sequence
        while true {
            // To search a text takes long, so that it is not done with the lock, for which everybody waits.
            let (now, purges) = self.state.withLock { ($0.sequence, $0.purges(after: asked)) }
            guard let purges, purges.spare(entry) else { return false }
            asked = now
            let isInserted = self.state.withLock { state in
                guard state.sequence == asked else { return false }
                insert()
                return true
            }
            if isInserted { return true }
        }
    }
}

extension PurgeLedger.State {
    /// The purges since one; `nil` where there were more than are remembered.
    fileprivate func purges(after asked: UInt64) -> ArraySlice<PurgeSelection>? {
        guard asked < self.sequence else { return [] }
        let since = self.sequence - asked
        guard since <= UInt64(self.purges.count) else { return nil }
        return ArraySlice(self.purges.suffix(Int(since)))
    }
}

extension ArraySlice<PurgeSelection> {
    /// Whether none of them covers an entry; one that is noted several times is asked once.
    fileprivate func spare(_ entry: CacheEntry) -> Bool {
        var previous: PurgeSelection?
        for selection in self where selection != previous {
            if selection.covers(entry) { return false }
            previous = selection
        }
        return true
    }
}

extension PurgeLedger.Unfinished {
    fileprivate func hides(_ entry: CacheEntry, in place: PurgeLedger.Place) -> Bool {
        self.places.contains(place) && entry.storedAt <= self.time.advanced(by: Freshness.clockSkewMax)
            && self.selection.covers(entry)
    }
}
