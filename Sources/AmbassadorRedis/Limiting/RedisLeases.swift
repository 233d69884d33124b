package import AmbassadorCore
import NIOCore

/// The buckets of shared limits, in Redis.
///
/// Goes by the connections of the hot cache, so within its deadlines and limits: while Redis is away a lease fails at
/// once and costs nothing, and each replica decides alone.
package struct RedisLeases: LeaseSource {
    let connections: [RedisConnection]
    let keySpace: RedisKeySpace

    package func lease(_ request: LeaseRequest) async -> LeaseGrant? {
        let key = self.keySpace.name(ofBucket: request.bucket)
        // Always the same one for a bucket, so that they share the load.
        let connection = self.connections[Int(request.bucket.first ?? 0) % self.connections.count]
        guard let command = LeaseScript.command(key, request, withText: false) else { return nil }
        switch await connection.send(command) {
        case .success(let reply):
            return Self.grant(reply, request)
        case .failure(.server(.noScript)):
            guard let command = LeaseScript.command(key, request, withText: true) else { return nil }
            guard case .success(let reply) = await connection.send(command) else { return nil }
            return Self.grant(reply, request)
        case .failure(.server(.wrongType)):
            // Somebody else's value is in the way; it goes, and the bucket begins full.
            if let unlink = RedisCommand.unlink([key]) { connection.post(unlink) }
            return nil
        case .failure:
            return nil
        }
    }

    /// Reads an answer of the script; one that it cannot have given is none.
    private static func grant(_ reply: RedisReply, _ request: LeaseRequest) -> LeaseGrant? {
        guard case .array(let parts) = reply, parts.count == 3, case .integer(let tokens) = parts[0],
            case .integer(let remaining) = parts[1], case .integer(let wait) = parts[2],
            (0...Int64(request.tokens)).contains(tokens), (0...Int64(request.shape.burst)).contains(remaining),
            wait >= 0
        else { return nil }
        return LeaseGrant(tokens: Int(tokens), remaining: Int(remaining), waitMicroseconds: UInt64(wait))
    }
}
