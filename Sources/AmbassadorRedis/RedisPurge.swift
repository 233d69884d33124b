import AmbassadorCore
import NIOCore

/// Removes the entries of a tenant, a flow, or all, by looking at every name under the prefix.
///
/// An operator's action, in small steps, each a command with its own deadline, so that look-ups go on between them.
struct RedisPurge {
    let cache: RedisResponseCache
    let selection: PurgeSelection

    private static let namesAtOnce = 256

    /// - Returns: how many values were removed; `nil` where Redis was or went away, or it took too long.
    func run() async -> Int? {
        let connection = self.cache.anyConnection
        let deadline = self.cache.clocks.now() + TimeAmount(self.cache.purgeTimeout)
        var cursor = ByteBuffer(string: "0")
        var removed = 0
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
            guard let count = await self.remove(found, connection) else { return nil }
            removed += count
        } while cursor != ByteBuffer(string: "0")
        return removed
    }

    /// - Returns: how many of the names are gone by this call.
    private func remove(_ found: [RedisReply], _ connection: RedisConnection) async -> Int? {
        let names = found.compactMap { reply -> ByteBuffer? in
            guard case .bulk(let name) = reply, self.cache.keySpace.contains(name) else { return nil }
            return name
        }
        var removed = 0
        var rest = names[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.namesAtOnce))
            rest = rest.dropFirst(Self.namesAtOnce)
            guard let chosen = await self.chosen(of: batch, connection) else { return nil }
            guard !chosen.isEmpty else { continue }
            guard let unlink = RedisCommand.unlink(chosen),
                case .success(.integer(let count)) = await connection.send(unlink)
            else { return nil }
            removed += Int(count)
        }
        return removed
    }

    /// The names whose values the selection means, by what the values say of themselves.
    ///
    /// A value that lies about its tenant does not verify when it is read, so it is served to nobody, whether it is removed or not.
    private func chosen(of names: [ByteBuffer], _ connection: RedisConnection) async -> [ByteBuffer]? {
        if case .all = self.selection { return names }
        var chosen: [ByteBuffer] = []
        var rest = names[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.headsAtOnce)
            rest = rest.dropFirst(Self.headsAtOnce)
            let heads = await withTaskGroup { group in
                for name in batch {
                    group.addTask { (name, await self.isMeant(name, connection)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (name, isMeant) in heads {
                guard let isMeant else { return nil }
                if isMeant { chosen.append(name) }
            }
        }
        return chosen
    }

    private static let headsAtOnce = 64

    /// - Returns: `nil` where Redis gave no answer.
    private func isMeant(_ name: ByteBuffer, _ connection: RedisConnection) async -> Bool? {
        guard let command = RedisCommand.head(name, bytes: Envelope.headBytesMax) else { return nil }
        switch await connection.send(command) {
        case .success(.bulk(var bytes)):
            return EnvelopeHead(reading: &bytes).map(self.means) ?? false
        case .failure(.server(.wrongType)):
            return false
        case .success, .failure:
            return nil
        }
    }

    private func means(_ head: EnvelopeHead) -> Bool {
        switch self.selection {
        case .all: true
        case .key(let key): head.key == key
        case .tenant(let tenant): head.tenant == tenant
        case .flow(let target): head.target == target
        case .tenantFlow(let tenant, let target): head.tenant == tenant && head.target == target
        }
    }
}
