import NIOCore

/// A command on its way, and who waits for its end.
struct RedisSubmission: Sendable {
    let command: RedisCommand
    /// Called exactly once, on the connection's event loop.
    let complete: @Sendable (RedisResult) -> Void
}
