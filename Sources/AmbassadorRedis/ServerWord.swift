import NIOCore

/// The first word of an error that Redis sends, as far as it decides what to do next.
enum ServerWord: String, Sendable, CaseIterable {
    case loading = "LOADING"
    case busy = "BUSY"
    case masterDown = "MASTERDOWN"
    case tryAgain = "TRYAGAIN"
    case clusterDown = "CLUSTERDOWN"
    case readOnly = "READONLY"
    case outOfMemory = "OOM"
    case misconfigured = "MISCONF"
    case noReplicas = "NOREPLICAS"
    case noAuthentication = "NOAUTH"
    case wrongPassword = "WRONGPASS"
    case noPermission = "NOPERM"
    case denied = "DENIED"
    case moved = "MOVED"
    case ask = "ASK"
    case wrongType = "WRONGTYPE"
    /// The script is not there: Redis was started again, or told to forget its scripts.
    case noScript = "NOSCRIPT"
    /// Any other word, `ERR` among them.
    case other = "ERR"

    /// Reads the word at the start of an error's line; the rest of the line may hold anything and is never kept.
    init(line: ByteBuffer) {
        let word = line.readableBytesView.prefix(16).prefix { $0 != UInt8(ascii: " ") }
        self = ServerWord(rawValue: String(decoding: word, as: UTF8.self)) ?? .other
    }

    /// What an error means for the connection it came on.
    enum Consequence: Sendable, Equatable {
        /// Only this command failed.
        case none
        /// Redis cannot serve now: a new connection after a pause.
        case backOff
        /// This Redis no longer takes writes, so the name may mean another one by now: a new connection.
        case reconnect
        /// Reads go on; writes pause.
        case pauseWrites
        /// Only an operator can help: slow retries.
        case deny(RedisDenial)
        /// The other end is a cluster, which needs another client.
        case unsupported
    }

    /// What the word means as the answer to a command.
    func consequence(for command: RedisCommand.Name) -> Consequence {
        switch self {
        case .loading, .busy, .masterDown, .tryAgain, .clusterDown: .backOff
        case .readOnly: .reconnect
        case .outOfMemory, .misconfigured, .noReplicas: .pauseWrites
        case .noAuthentication: .deny(.noAuthentication)
        case .wrongPassword: .deny(.wrongPassword)
        // A user who may read and write but not scan has a working cache without purges by tenant.
        case .noPermission: command == .get || command == .set ? .deny(.noPermission) : .none
        case .denied: .deny(.protectedMode)
        case .moved, .ask: .unsupported
        case .wrongType, .noScript, .other: .none
        }
    }
}

/// Why Redis does not let this process in.
package enum RedisDenial: String, Sendable, Equatable {
    /// It wants a password and none is configured.
    case noAuthentication = "no_authentication"
    /// User or password are wrong, or a password is configured where Redis has none.
    case wrongPassword = "wrong_password"
    /// The user may not read or may not write the keys of the cache.
    case noPermission = "no_permission"
    /// Redis runs in protected mode and takes commands from its own machine alone.
    case protectedMode = "protected_mode"
    /// The database does not exist.
    case noDatabase = "no_database"
}

/// Whether the hot cache can be used, for readiness.
package enum RedisCondition: Sendable, Equatable {
    /// At least one connection is up.
    case up
    /// No connection is up; every look-up is a miss at once, and a probe in the background goes on.
    case away
    /// Redis answers but refuses this process; retried slowly.
    case denied(RedisDenial)
}
