package import AmbassadorCore
import DequeModule
import NIOCore
import Synchronization

/// What replicas tell each other, in two Redis streams: purges, and entries that were fetched anew.
///
/// A stream's ids are times of Redis' own clock and grow, so a replica that was away reads on from where it was. The stream of purges
/// keeps ``purgesMax`` of them: whoever was away for more gives up all that was stored before the first that is left.
package final class RedisReplicaFeed: ReplicaFeed {
    static let purgesMax = 1_000
    private static let readMax = 256

    private struct State {
        /// The places up to which the streams were read.
        var purges: String
        var refreshes: String
        /// Purges that could not be told yet.
        var pending: Deque<PurgeSelection> = []
    }

    private let cache: RedisResponseCache
    private let replica: UInt64
    private let state: Mutex<State>

    init(cache: RedisResponseCache, position: String?) {
        self.cache = cache
        self.replica = .random(in: .min ... .max)
        // What is put into this process's memory from here on, later purges concern; what is there from before, only where the
        // feed was followed. Redis' clock may be behind ours.
        let now = cache.clocks.wall().milliseconds - Freshness.clockSkewMax.milliseconds
        let start = StreamID("\(max(0, now))-0")?.text ?? StreamID.first
        let purges = position.flatMap { StreamID($0)?.text } ?? start
        self.state = Mutex(State(purges: purges, refreshes: purges))
        cache.fence.position = purges
    }

    package func publish(_ selection: PurgeSelection) async -> ReplicaNotice {
        if await self.add(selection) { return .told }
        self.state.withLock { state in
            // So many at once are no longer told apart.
            if state.pending.count >= Self.purgesMax { state.pending = [.all] } else { state.pending.append(selection) }
        }
        return .pending
    }

    package func news() async -> ReplicaNews? {
        // Asked first, so that commands that cannot be sent are not counted ten times a second.
        guard self.cache.condition == .up, await self.tellPending() else { return nil }
        let (purges, refreshes) = self.state.withLock { ($0.purges, $0.refreshes) }
        guard
            let command = RedisCommand.read(
                [(self.cache.keySpace.purgeFeed, purges), (self.cache.keySpace.refreshFeed, refreshes)],
                count: Self.readMax
            )
        else { return nil }
        switch await self.cache.anyConnection.send(command) {
        case .success(.null): return ReplicaNews(purges: [], refreshes: [], position: purges)
        case .success(let reply): return await self.news(StreamReply.streams(in: reply), after: purges)
        case .failure(.server(.wrongType)):
            // Somebody else's value is in the way.
            let feeds = [self.cache.keySpace.purgeFeed, self.cache.keySpace.refreshFeed]
            if let unlink = RedisCommand.unlink(feeds) { self.cache.anyConnection.post(unlink) }
            return nil
        case .failure: return nil
        }
    }

    package func noted(_ news: ReplicaNews) {
        self.state.withLock { $0.purges = news.position }
        self.cache.fence.position = news.position
    }

    private func news(_ streams: [StreamReply], after position: String) async -> ReplicaNews? {
        var purges: [SharedPurge] = []
        var refreshes: [SharedRefresh] = []
        var last = position
        for stream in streams where stream.name == self.cache.keySpace.purgeFeed {
            if let first = stream.entries.first {
                guard let missed = await self.missed(before: first.id) else { return nil }
                purges += missed
            }
            for entry in stream.entries {
                last = entry.id.text
                guard let bytes = entry.fields["p"], let message = PurgeMessage(bytes, self.cache.seal) else {
                    self.cache.metrics.invalid.increment()
                    continue
                }
                guard message.replica != self.replica else { continue }
                purges.append(SharedPurge(selection: message.selection, time: entry.id.time))
            }
        }
        for stream in streams where stream.name == self.cache.keySpace.refreshFeed {
            refreshes += stream.entries.compactMap(\.refresh)
            if let last = stream.entries.last { self.state.withLock { $0.refreshes = last.id.text } }
        }
        return ReplicaNews(purges: purges, refreshes: refreshes, position: last)
    }

    /// What stands for purges that the stream may have forgotten before this one was read.
    ///
    /// - Returns: `nil` where Redis gave no answer.
    private func missed(before id: StreamID) async -> [SharedPurge]? {
        let connection = self.cache.anyConnection
        guard let length = RedisCommand.length(ofStream: self.cache.keySpace.purgeFeed),
            let first = RedisCommand.first(ofStream: self.cache.keySpace.purgeFeed),
            case .success(.integer(let count)) = await connection.send(length),
            case .success(let reply) = await connection.send(first)
        else { return nil }
        guard count >= Self.purgesMax, StreamReply.entries(in: reply).first?.id == id else { return [] }
        let time = id.time.advanced(by: Freshness.clockSkewMax)
        return [SharedPurge(selection: PurgeSelection(storedBefore: time), time: id.time)]
    }

    private func add(_ selection: PurgeSelection) async -> Bool {
        let message = PurgeMessage(replica: self.replica, selection: selection).encoded(self.cache.seal)
        guard let command = RedisCommand.append(message, to: self.cache.keySpace.purgeFeed, entriesMax: Self.purgesMax),
            case .success(.bulk) = await self.cache.anyConnection.send(command)
        else { return false }
        return true
    }

    /// - Returns: whether none is left.
    private func tellPending() async -> Bool {
        while let selection = self.state.withLock({ $0.pending.first }) {
            guard await self.add(selection) else { return false }
            self.state.withLock { state in
                // It may have been drawn together with others meanwhile; those are told next.
                if state.pending.first == selection { state.pending.removeFirst() }
            }
        }
        return true
    }
}

extension StreamEntry {
    /// An entry that was fetched anew; `nil` where the record is none of ours.
    fileprivate var refresh: SharedRefresh? {
        guard let key = self.fields["k"].flatMap({ CacheKey(String(buffer: $0)) }),
            let time = self.fields["s"].flatMap({ Int64(String(buffer: $0)) }),
            Envelope.Bounds.time.contains(time)
        else { return nil }
        return SharedRefresh(key: key, storedAt: Timestamp(milliseconds: time))
    }
}
