import AmbassadorCore
import DequeModule
import NIOCore
import Synchronization

/// The bounded queue between the store and the writing thread, in which pending answers can already be found.
final class StoreQueue: Sendable {
    /// What the writing thread does to the store, in the order in which it was asked to.
    enum Operation: Sendable {
        case insert(CacheEntry, expiresAt: Timestamp)
        /// Removes a row that did not verify, unless it was replaced since.
        case discard(key: Int64, checksum: ByteBuffer)
        case remove(PurgeSelection, CheckedContinuation<Removal?, Never>)
        /// Has retention look at everything, and says how many rows went.
        case prune(CheckedContinuation<Int?, Never>)
        /// Runs something on the writing connection, between transactions.
        case perform(
            @Sendable (Connection) throws(SQLiteError) -> Void,
            CheckedContinuation<Result<Void, SQLiteError>, Never>
        )

        /// Whether it shares its transaction with others; else it stands between two of them.
        var goesIntoBatch: Bool {
            switch self {
            case .insert, .discard: true
            case .remove, .prune, .perform: false
            }
        }
    }

    private struct State {
        var operations: Deque<Operation> = []
        var pending: [CacheKey: CacheEntry] = [:]
        var pendingBytes = 0
        var isUrgent = false
        var isClosed = false
    }

    private static let discardsMax = 1_024

    private let bytesMax: Int
    private let signal: WriterSignal
    private let state = Mutex(State())

    init(bytesMax: Int, signal: WriterSignal) {
        self.bytesMax = bytesMax
        self.signal = signal
    }

    var isEmpty: Bool { self.state.withLock { $0.operations.isEmpty } }

    /// Whether somebody waits for what is queued.
    var isUrgent: Bool { self.state.withLock { $0.isUrgent } }

    /// The entry of a key that is still to be written.
    func pending(_ key: CacheKey) -> CacheEntry? {
        self.state.withLock { $0.pending[key] }
    }

    /// The keys of all entries that are still to be written.
    var pendingKeys: [CacheKey] { self.state.withLock { Array($0.pending.keys) } }

    /// - Returns: `false` where too much waits already.
    func insert(_ entry: CacheEntry, expiresAt: Timestamp) -> Bool {
        let isTaken = self.state.withLock { state in
            guard !state.isClosed, state.pendingBytes + entry.byteCount <= self.bytesMax else { return false }
            state.pendingBytes += entry.byteCount
            state.pending[entry.key] = entry
            state.operations.append(.insert(entry, expiresAt: expiresAt))
            return true
        }
        if isTaken { self.signal.notify(urgent: false) }
        return isTaken
    }

    func discard(key: Int64, checksum: ByteBuffer) {
        self.state.withLock { state in
            // The row is found again by the next look-up where this one is not taken.
            guard !state.isClosed, state.operations.count < Self.discardsMax else { return }
            state.operations.append(.discard(key: key, checksum: checksum))
        }
        self.signal.notify(urgent: false)
    }

    /// Has the entries removed that a selection names.
    ///
    /// What is inserted meanwhile was asked for after the purge, as the ledger says, and what stands in the queue before the removal goes
    /// with it.
    func remove(_ selection: PurgeSelection) async -> Removal? {
        // To search a text takes long, so that it is not done with the lock, for which look-ups and event loops wait.
        let covered = self.state.withLock { Array($0.pending.values) }.filter(selection.covers)
        return await withCheckedContinuation { continuation in
            let isTaken = self.enqueue(.remove(selection, continuation)) { state in
                for entry in covered where state.pending[entry.key] === entry { state.pending[entry.key] = nil }
            }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Has retention look at everything.
    ///
    /// - Returns: how many records and entries went; `nil` where the file cannot be written.
    func prune() async -> Int? {
        await withCheckedContinuation { continuation in
            if !self.enqueue(.prune(continuation)) { continuation.resume(returning: nil) }
        }
    }

    func perform(
        _ body: @escaping @Sendable (Connection) throws(SQLiteError) -> Void
    ) async -> Result<Void, SQLiteError> {
        await withCheckedContinuation { continuation in
            if !self.enqueue(.perform(body, continuation)) {
                continuation.resume(returning: .failure(.engine(.misuse, message: "the store was closed", offset: nil)))
            }
        }
    }

    /// Hands everything to the writer, behind what it still has.
    func take(_ operations: inout Deque<Operation>) {
        self.state.withLock { state in
            if operations.isEmpty {
                swap(&operations, &state.operations)
            } else {
                operations.append(contentsOf: state.operations)
            }
            state.operations.removeAll(keepingCapacity: true)
            state.isUrgent = false
        }
    }

    /// Entries are found in the file from now on, or were given up.
    func settle(_ entries: [CacheEntry]) {
        self.state.withLock { state in
            for entry in entries {
                state.pendingBytes -= entry.byteCount
                if state.pending[entry.key] === entry { state.pending[entry.key] = nil }
            }
        }
    }

    /// Refuses everything from now on, unless something was queued in the meantime.
    func closeIfEmpty() -> Bool {
        self.state.withLock { state in
            guard state.operations.isEmpty else { return false }
            state.isClosed = true
            return true
        }
    }

    private func enqueue(_ operation: Operation, _ change: (inout State) -> Void = { _ in }) -> Bool {
        let isTaken = self.state.withLock { state in
            guard !state.isClosed else { return false }
            change(&state)
            state.operations.append(operation)
            state.isUrgent = true
            return true
        }
        if isTaken { self.signal.notify(urgent: true) }
        return isTaken
    }
}
