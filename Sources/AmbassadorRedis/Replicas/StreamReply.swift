import AmbassadorCore
import NIOCore

/// The id of a record in a Redis stream: milliseconds of Redis' clock, and a number.
struct StreamID: Sendable, Equatable {
    /// Before every other.
    static let first = "0-0"

    let text: String
    let time: Timestamp

    /// - Returns: `nil` unless it is two decimal numbers with a hyphen between them.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 41, let milliseconds = Int64(parts[0]), UInt64(parts[1]) != nil,
            Envelope.Bounds.time.contains(milliseconds)
        else { return nil }
        self.text = text
        self.time = Timestamp(milliseconds: milliseconds)
    }
}

/// A record of a Redis stream.
struct StreamEntry: Sendable {
    let id: StreamID
    let fields: [String: ByteBuffer]
}

/// Some records of one stream, as `XREAD` and `XRANGE` give them; what is not of that shape is left out.
struct StreamReply: Sendable {
    let name: ByteBuffer
    let entries: [StreamEntry]

    static func streams(in reply: RedisReply) -> [StreamReply] {
        guard case .array(let streams) = reply else { return [] }
        return streams.compactMap { stream in
            guard case .array(let parts) = stream, parts.count == 2, case .bulk(let name) = parts[0] else { return nil }
            return StreamReply(name: name, entries: Self.entries(in: parts[1]))
        }
    }

    static func entries(in reply: RedisReply) -> [StreamEntry] {
        guard case .array(let records) = reply else { return [] }
        return records.compactMap { record in
            guard case .array(let parts) = record, parts.count == 2, case .bulk(let id) = parts[0],
                let id = StreamID(String(buffer: id)), case .array(let flat) = parts[1]
            else { return nil }
            var fields: [String: ByteBuffer] = [:]
            for index in stride(from: 0, to: flat.count - 1, by: 2) {
                guard case .bulk(let name) = flat[index], case .bulk(let value) = flat[index + 1] else { continue }
                fields[String(buffer: name)] = value
            }
            return StreamEntry(id: id, fields: fields)
        }
    }
}

extension RedisCommand {
    /// Appends a record with one field, `p`, and drops the first ones over a number.
    static func append(_ message: ByteBuffer, to stream: ByteBuffer, entriesMax: Int) -> RedisCommand? {
        let words = ["XADD", "MAXLEN", String(entriesMax), "*", "p"].map { ByteBuffer(string: $0) }
        return RedisCommand(.feed, [words[0], stream, words[1], words[2], words[3], words[4], message])
    }

    /// Reads the records after a place of each stream; does not wait for any.
    static func read(_ streams: [(name: ByteBuffer, after: String)], count: Int) -> RedisCommand? {
        let words = ["XREAD", "COUNT", String(count), "STREAMS"].map { ByteBuffer(string: $0) }
        return RedisCommand(.feed, words + streams.map(\.name) + streams.map { ByteBuffer(string: $0.after) })
    }

    /// Reads the first record of a stream.
    static func first(ofStream stream: ByteBuffer) -> RedisCommand? {
        let words = ["XRANGE", "-", "+", "COUNT", "1"].map { ByteBuffer(string: $0) }
        return RedisCommand(.feed, [words[0], stream] + words.dropFirst())
    }

    static func length(ofStream stream: ByteBuffer) -> RedisCommand? {
        RedisCommand(.feed, [ByteBuffer(string: "XLEN"), stream])
    }
}
