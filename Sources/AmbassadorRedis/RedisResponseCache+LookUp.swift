package import AmbassadorCore
package import NIOCore

extension RedisResponseCache {
    /// Waits for Redis' own deadline alone, which is far shorter than a request's.
    package func entry(for key: CacheKey, until _: NIODeadline) async -> CacheEntry? {
        let connection = self.connection(for: key)
        return await self.finding(in: await connection.send(self.query.command(for: key)), for: key).entry
    }

    /// Asks by the connection of this loop, so that nothing changes its thread.
    ///
    /// What was written a moment ago by another loop may not be found yet: memory has it, or it is a miss.
    package func lookUp(_ key: CacheKey, _ found: @escaping @Sendable (Finding) -> Void) -> Bool {
        guard let connection = self.allConnections.first(where: \.isUpOnThisLoop) else { return false }
        connection.ask(self.query.command(for: key)) { found(self.finding(in: $0, for: key)) }
        return true
    }

    private func finding(in result: RedisResult, for key: CacheKey) -> Finding {
        switch result {
        case .success(.bulk(let value)):
            // No value is an empty one.
            guard value.readableBytes > 0 else { return .nothing }
            guard LongWork.isShort(value.readableBytes) else {
                return .unread { await LongWork.run(on: value.readableBytes) { self.verified(value, for: key) } }
            }
            return self.verified(value, for: key).map(Finding.entry) ?? .nothing
        case .failure(.server(.wrongType)):
            self.discard(key)
            return .nothing
        case .success, .failure:
            return .nothing
        }
    }

    private func verified(_ value: ByteBuffer, for key: CacheKey) -> CacheEntry? {
        let entry = Envelope.decode(value, for: key, at: self.clocks.wall(), seal: self.seal)
        if entry == nil { self.discard(key) }
        return entry
    }

    /// Counts a value that does not verify, and deletes it in the background.
    private func discard(_ key: CacheKey) {
        self.metrics.invalid.increment()
        guard let command = RedisCommand.unlink([self.keySpace.name(of: key)]) else { return }
        self.connection(for: key).post(command)
    }
}
