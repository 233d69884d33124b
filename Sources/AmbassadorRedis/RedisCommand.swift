import NIOCore

/// One command in the bytes that go to Redis.
struct RedisCommand: Sendable, Equatable {
    /// What a command is for, as metrics show it.
    enum Name: Int, Sendable, CaseIterable {
        case get
        case set
        case unlink
        case scan
        case getrange
        case lease
        case feed

        var label: String { String(describing: self) }
    }

    let name: Name
    /// RESP, whole.
    let bytes: ByteBuffer

    /// Reads a value, but no more of it than can be one of ours.
    ///
    /// `GETRANGE` and not `GET`: whoever can write to Redis could otherwise have 512 MiB sent for one key, and the connection
    /// closed for all others. A longer value arrives cut off, does not verify, and is deleted. No value is an empty one.
    static func get(_ key: ByteBuffer, bytesMax: Int) -> RedisCommand? {
        RedisCommand(.get, [Self.getrangeWord, key, Self.zero, ByteBuffer(string: String(bytesMax))])
    }

    /// Writes a value that Redis forgets after `milliseconds`.
    static func set(_ key: ByteBuffer, _ value: ByteBuffer, milliseconds: Int64) -> RedisCommand? {
        RedisCommand(.set, [Self.setWord, key, value, Self.pxWord, ByteBuffer(string: String(milliseconds))])
    }

    static func unlink(_ keys: [ByteBuffer]) -> RedisCommand? {
        RedisCommand(.unlink, [Self.unlinkWord] + keys)
    }

    static func scan(cursor: ByteBuffer, pattern: ByteBuffer, count: Int) -> RedisCommand? {
        let words = ["SCAN", "MATCH", "COUNT"].map { ByteBuffer(string: $0) }
        return RedisCommand(
            .scan,
            [words[0], cursor, words[1], pattern, words[2], ByteBuffer(string: String(count))]
        )
    }

    /// Reads the first bytes of a value.
    static func head(_ key: ByteBuffer, bytes: Int) -> RedisCommand? {
        RedisCommand(.getrange, [Self.getrangeWord, key, Self.zero, ByteBuffer(string: String(bytes - 1))])
    }

    init(name: Name, bytes: ByteBuffer) {
        self.name = name
        self.bytes = bytes
    }

    init?(_ name: Name, _ arguments: [ByteBuffer]) {
        guard let bytes = CommandFormatter.format(arguments) else { return nil }
        self.name = name
        self.bytes = bytes
    }

    private static let getrangeWord = ByteBuffer(string: "GETRANGE")
    private static let setWord = ByteBuffer(string: "SET")
    private static let pxWord = ByteBuffer(string: "PX")
    private static let unlinkWord = ByteBuffer(string: "UNLINK")
    private static let zero = ByteBuffer(string: "0")
}
