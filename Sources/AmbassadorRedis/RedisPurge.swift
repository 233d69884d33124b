import AmbassadorCore
import NIOCore

/// Removes the entries of a tenant, a flow, or all, by looking at every name under the prefix.
///
/// An operator's action, in small steps, each a command with its own deadline, so that look-ups go on between them.
struct RedisPurge {
    let cache: RedisResponseCache
    let selection: PurgeSelection

    private static let namesAtOnce = 256

    /// - Returns: what was removed; `nil` where Redis was or went away, or it took too long.
    func run() async -> Removal? {
        let connection = self.cache.anyConnection
        let deadline = self.cache.clocks.now() + TimeAmount(self.cache.purgeTimeout)
        var cursor = ByteBuffer(string: "0")
        var removal = Removal()
        repeat {
            guard self.cache.clocks.now() < deadline, !Task.isCancelled,
                let scan = RedisCommand.scan(
                    cursor: cursor,
                    pattern: self.cache.keySpace.pattern,
                    count: Self.namesAtOnce
                ),
                case .success(.array(let parts)) = await connection.send(scan), parts.count == 2,
                case .bulk(let next) = parts[0], case .array(let found) = parts[1]
            else { return nil }
            cursor = next
            guard let step = await self.remove(found, connection) else { return nil }
            removal.removed += step.removed
            removal.unjudged += step.unjudged
        } while cursor != ByteBuffer(string: "0")
        return removal
    }

    /// - Returns: how many of the names are gone by this call, and how many could not be judged.
    private func remove(_ found: [RedisReply], _ connection: RedisConnection) async -> Removal? {
        let names = found.compactMap { reply -> ByteBuffer? in
            guard case .bulk(let name) = reply, self.cache.keySpace.contains(name) else { return nil }
            return name
        }
        var removal = Removal()
        var rest = names[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.namesAtOnce))
            rest = rest.dropFirst(Self.namesAtOnce)
            guard let (chosen, unjudged) = await self.chosen(of: batch, connection) else { return nil }
            removal.unjudged += unjudged
            guard !chosen.isEmpty else { continue }
            guard let unlink = RedisCommand.unlink(chosen),
                let count = await connection.send(unlink).removed(of: chosen.count)
            else { return nil }
            removal.removed += count
        }
        return removal
    }

    /// The names whose values the selection means, by what the values say of themselves.
    ///
    /// A value that lies about its tenant does not verify when it is read, so it is served to nobody, whether it is removed or not.
    private func chosen(
        of names: [ByteBuffer],
        _ connection: RedisConnection
    ) async -> (names: [ByteBuffer], unjudged: Int)? {
        if self.selection == .all { return (names, 0) }
        var (chosen, unjudged): ([ByteBuffer], Int) = ([], 0)
        var rest = names[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.headsAtOnce)
            rest = rest.dropFirst(Self.headsAtOnce)
            let heads = await withTaskGroup { group in
                for name in batch {
                    group.addTask { (name, await self.verdict(on: name, connection)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (name, verdict) in heads {
                switch verdict {
                case .covered: chosen.append(name)
                case .unjudged: unjudged += 1
                case .spared: continue
                case nil: return nil
                }
            }
        }
        return (chosen, unjudged)
    }

    private static let headsAtOnce = 64

    /// - Returns: `nil` where Redis gave no answer.
    private func verdict(on name: ByteBuffer, _ connection: RedisConnection) async -> PurgeSelection.Verdict? {
        // What an entry says of its tenant and flow stands at its beginning; its age and its text do not.
        let isWhole = self.selection.storedBefore != nil || self.selection.text != nil
        let length = isWhole ? self.cache.valueBytesMax : Envelope.headBytesMax
        guard let command = RedisCommand.head(name, bytes: length) else { return nil }
        switch await connection.send(command) {
        case .success(.bulk(let bytes)):
            var rest = bytes
            guard let head = EnvelopeHead(reading: &rest), self.means(head) else { return .spared }
            guard isWhole else { return .covered }
            // What does not verify is served to nobody, whether it is removed or not.
            return Envelope.decode(bytes, for: head.key, at: self.cache.clocks.wall(), seal: self.cache.seal)
                .map(self.selection.verdict) ?? .spared
        case .failure(.server(.wrongType)):
            return .spared
        case .success, .failure:
            return nil
        }
    }

    private func means(_ head: EnvelopeHead) -> Bool {
        if let key = self.selection.key, key != head.key { return false }
        if let tenant = self.selection.tenant, tenant != head.tenant { return false }
        if let target = self.selection.target, target != head.target { return false }
        return true
    }
}

extension RedisResult {
    /// How many of the names that were to be removed Redis removed; `nil` where it does not say, or says more than there were.
    func removed(of names: Int) -> Int? {
        guard case .success(.integer(let count)) = self, (0...Int64(names)).contains(count) else { return nil }
        return Int(count)
    }
}
