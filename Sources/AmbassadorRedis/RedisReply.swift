import NIOCore

/// What Redis answers to one command (RESP2).
enum RedisReply: Sendable, Equatable {
    /// `+OK`
    case status(ByteBuffer)
    /// `-WRONGTYPE …`, the whole line without its `-`.
    case error(ByteBuffer)
    /// `:1`
    case integer(Int64)
    /// `$3`
    case bulk(ByteBuffer)
    /// `$-1` or `*-1`
    case null
    /// `*2`
    case array([RedisReply])
}
