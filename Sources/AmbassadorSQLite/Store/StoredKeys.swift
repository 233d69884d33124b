import Synchronization

/// Which keys may have a row, so that most of those that have none are told without a look into the file.
///
/// It follows all insertions and no removals. Once too many of its keys may be gone, or it has become too small, it is filled anew from
/// the file in the background, and until then says yes more often than it must.
final class StoredKeys: Sendable {
    private struct State {
        /// `nil` until the keys of the file are known: any key may then be there.
        var filter: KeyFilter?
        /// What was inserted since the keys of the file are being collected; `nil` while they are not.
        var newcomers: [Int64]?
        var insertionsLeft = 0
    }

    /// The most keys that are collected, for which the filter takes 16 MiB; with more the file is always asked.
    static let keysMax = 4 << 20
    /// How many keys there is always room for.
    static let capacityMin = 8_192
    /// How many insertions a collection that came to nothing is tried again after.
    private static let insertionsBeforeRetry = 65_536

    private let state = Mutex(State())

    /// Whether there may be a row of this number; `true` where that is not known.
    func mayHold(_ key: Int64) -> Bool {
        self.state.withLock { $0.filter?.mayContain(key) ?? true }
    }

    /// Whether the keys of the file are known.
    var areKnown: Bool { self.state.withLock { $0.filter != nil } }

    /// Notes a key whose entry is queued already.
    ///
    /// - Returns: whether the keys must be collected (anew), unless they are already.
    func insert(_ key: Int64) -> Bool {
        self.state.withLock { state in
            state.filter?.insert(key)
            guard state.newcomers == nil else {
                state.newcomers?.append(key)
                return false
            }
            state.insertionsLeft -= 1
            return state.insertionsLeft < 0
        }
    }

    /// Notes that keys are being collected: first those that are queued, then those of the file.
    ///
    /// - Returns: `false` where they are already.
    func beginCollection() -> Bool {
        self.state.withLock { state in
            guard state.newcomers == nil else { return false }
            state.newcomers = []
            return true
        }
    }

    /// Takes over a filter with all keys that were collected, or `nil` where that came to nothing.
    ///
    /// - Parameters:
    ///   - filter: holds all keys but those that were inserted meanwhile.
    ///   - spare: how many more keys it tells apart well.
    func endCollection(_ filter: KeyFilter?, spare: Int) {
        self.state.withLock { state in
            let newcomers = state.newcomers ?? []
            state.newcomers = nil
            guard var filter else {
                state.insertionsLeft = Self.insertionsBeforeRetry
                return
            }
            for key in newcomers { filter.insert(key) }
            state.filter = filter
            state.insertionsLeft = spare - newcomers.count
        }
    }
}
