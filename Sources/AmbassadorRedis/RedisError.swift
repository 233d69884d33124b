import NIOCore

/// Why a command has no usable reply.
///
/// To a caller of the cache each of them is a miss.
enum RedisError: Error, Sendable, Equatable {
    /// Redis is not connected: nothing was sent.
    case away
    /// As many commands or bytes as allowed are under way: nothing was sent.
    case overloaded
    /// Redis has refused writes a moment ago, so this one was not sent.
    case writesPaused
    /// The command does not fit the limits, so it was not sent.
    case tooLarge
    /// No reply within the deadline; the connection was closed, so that the reply can answer nothing else.
    case timedOut
    /// The connection ended before the reply.
    case closed
    /// Redis answered with an error.
    case server(ServerWord)

    /// Whether nothing was sent at all.
    var isDrop: Bool {
        switch self {
        case .away, .overloaded, .writesPaused, .tooLarge: true
        case .timedOut, .closed, .server: false
        }
    }
}

/// The end of one command.
typealias RedisResult = Result<RedisReply, RedisError>

/// Why a connection ended.
enum RedisCloseReason: Sendable, Equatable {
    /// It could not be made; what the system said.
    case connectFailed(String)
    /// A deadline passed, of a command or of the greeting.
    case timedOut
    /// Redis or the network ended it.
    case peerClosed
    /// It failed; what the system said.
    case failed(String)
    /// Redis broke the protocol; how.
    case protocolViolation(String)
    /// Redis cannot serve now, or is not the one that takes writes.
    case server(ServerWord)
    /// Redis does not let this process in; only an operator can change that.
    case denied(RedisDenial)
    /// This process wanted it so.
    case stopped

    /// The reason in one stable word, for logs.
    var word: String {
        switch self {
        case .connectFailed: "connect_failed"
        case .timedOut: "timed_out"
        case .peerClosed: "peer_closed"
        case .failed: "failed"
        case .protocolViolation: "protocol_violation"
        case .server(let word): word.rawValue
        case .denied(let denial): denial.rawValue
        case .stopped: "stopped"
        }
    }

    /// What the system said, or an empty string.
    var detail: String {
        switch self {
        case .connectFailed(let detail), .failed(let detail), .protocolViolation(let detail): detail
        case .timedOut, .peerClosed, .server, .denied, .stopped: ""
        }
    }
}
