import AmbassadorCore
import NIOCore

/// The commands that precede all others on a new connection.
struct RedisGreeting: Sendable {
    /// One command of it.
    enum Step: Sendable, Equatable {
        case authenticate
        case select
        case setName
        case ping
    }

    let steps: [Step]
    /// All commands in RESP, to be sent in one write.
    let bytes: ByteBuffer

    /// - Returns: `nil` where user or password are too long to be sent.
    init?(user: String?, password: Secret?, database: Int) {
        var commands: [(Step, [String])] = []
        if let password {
            commands.append((.authenticate, ["AUTH"] + (user.map { [$0] } ?? []) + [password.revealed]))
        }
        if database != 0 {
            commands.append((.select, ["SELECT", String(database)]))
        }
        // For an operator who reads CLIENT LIST; a name that says no more than this gives nothing away.
        commands.append((.setName, ["CLIENT", "SETNAME", "ambassador"]))
        commands.append((.ping, ["PING"]))
        var bytes = ByteBuffer()
        for (_, words) in commands {
            guard var command = CommandFormatter.format(words.map { ByteBuffer(string: $0) }) else { return nil }
            bytes.writeBuffer(&command)
        }
        self.steps = commands.map(\.0)
        self.bytes = bytes
    }

    /// What the reply to a step means.
    ///
    /// - Returns: why the connection must end, or `nil` to go on.
    static func judge(_ reply: RedisReply, to step: Step) -> RedisCloseReason? {
        guard case .error(let line) = reply else {
            guard case .status(let status) = reply, step != .ping || status == Self.pong else {
                return .protocolViolation("unexpected reply to the greeting")
            }
            return nil
        }
        let word = ServerWord(line: line)
        switch (step, word) {
        // Old servers know no names, and a user may not be allowed to set one; the ping after it tells more.
        case (.setName, _): return nil
        // A user without the right to ping is a user all the same.
        case (.ping, .noPermission): return nil
        case (.authenticate, .other): return .denied(.wrongPassword)
        case (.select, .other): return .denied(.noDatabase)
        default: break
        }
        switch word.consequence(for: .get) {
        case .deny(let denial): return .denied(denial)
        case .none, .backOff, .reconnect, .pauseWrites, .unsupported: return .server(word)
        }
    }

    private static let pong = ByteBuffer(string: "PONG")
}
