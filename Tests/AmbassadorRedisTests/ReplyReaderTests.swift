import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite struct ReplyReaderTests {
    private static let limits = ReplyReader.Limits(stringBytesMax: 1 << 20, elementsMax: 64)

    private func read(_ parts: [String]) throws -> [RedisReply] {
        guard var reader = ReplyReader(limits: Self.limits) else { throw ReplyReader.Violation(detail: "no memory") }
        var replies: [RedisReply] = []
        for part in parts {
            try reader.feed(Samples.buffer(part)) { reply in
                replies.append(reply)
                return true
            }
        }
        return replies
    }

    private static let stream =
        "+OK\r\n-ERR no\r\n:-7\r\n$5\r\na\r\nbc\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n*2\r\n$1\r\n0\r\n*2\r\n$1\r\nx\r\n:1\r\n"
    private static let replies: [RedisReply] = [
        .status(Samples.buffer("OK")), .error(Samples.buffer("ERR no")), .integer(-7), .bulk(Samples.buffer("a\r\nbc")),
        .null, .bulk(ByteBuffer()), .null, .array([]),
        .array([.bulk(Samples.buffer("0")), .array([.bulk(Samples.buffer("x")), .integer(1)])]),
    ]

    @Test("every kind of reply is read")
    func kinds() throws {
        #expect(try self.read([Self.stream]) == Self.replies)
    }

    @Test("replies are the same wherever the bytes are cut")
    func fragments() throws {
        for cut in 0...Self.stream.utf8.count {
            let head = String(decoding: Self.stream.utf8.prefix(cut), as: UTF8.self)
            let tail = String(decoding: Self.stream.utf8.dropFirst(cut), as: UTF8.self)
            #expect(try self.read([head, tail]) == Self.replies)
        }
        #expect(try self.read(Self.stream.utf8.map { String(decoding: [$0], as: UTF8.self) }) == Self.replies)
    }

    @Test(
        "what is no RESP, or too much of it, is refused as soon as it is announced",
        arguments: [
            "$-2\r\n", "$99999999999\r\n", "$9223372036854775807\r\n", "$1048577\r\n", "$999999999999999999999999999",
            "*2147483647\r\n", "*65\r\n", "*-2\r\n", "*99999999999\r\n", "$abc\r\n", "$+1\r\n", "$ 1\r\n", ":\r\n",
            ":1a\r\n",
            ":9223372036854775808\r\n",
            "<html><body>400</body></html>", "HTTP/1.1 400 Bad Request\r\n\r\n", "\r\n", "\0", "%1\r\n", "_\r\n",
            "#t\r\n",
            String(repeating: "*1\r\n", count: 9), "+" + String(repeating: "x", count: 5000),
            "*2\r\n*32\r\n" + String(repeating: ":1\r\n", count: 32) + "*32\r\n",
            "*60\r\n*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n:1\r\n*1\r\n",
        ]
    )
    func refused(bytes: String) throws {
        #expect(throws: ReplyReader.Violation.self) { try self.read([bytes]) }
        #expect(throws: ReplyReader.Violation.self) {
            try self.read(bytes.utf8.map { String(decoding: [$0], as: UTF8.self) })
        }
    }

    @Test(
        "what is not whole yet is waited for",
        arguments: ["+OK", "$5\r\nabc", "*2\r\n:1\r\n", ":", "$1048576\r\n", "$1"]
    )
    func incomplete(bytes: String) throws {
        #expect(try self.read([bytes]) == [])
    }

    @Test("a string of the longest length is read")
    func longest() throws {
        let text = String(repeating: "y", count: 1 << 20)
        #expect(try self.read(["$1048576\r\n", text, "\r\n:1\r\n"]) == [.bulk(Samples.buffer(text)), .integer(1)])
    }

    @Test("a reader that is given up amid an array leaves nothing behind")
    func abandoned() throws {
        for _ in 0..<100 {
            #expect(try self.read(["*3\r\n$1\r\na\r\n*2\r\n:1\r\n"]) == [])
        }
    }

    @Test("random bytes in the shape of RESP crash nothing")
    func noise() throws {
        let alphabet = Array("*$:+-0123456789\r\nax".utf8)
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...40) {
                if Int.random(in: 0..<3) == 0 {
                    bytes += Array("\r\n".utf8)
                } else {
                    bytes.append(alphabet.randomElement() ?? 0)
                }
            }
            // Either outcome is right; what counts is that there is one.
            _ = try? self.read([String(decoding: bytes, as: UTF8.self)])
        }
    }

    @Test("a command is counted bytes, whatever they are")
    func commands() throws {
        let arguments = [Samples.buffer("SET"), Samples.buffer("%s\r\n\0"), ByteBuffer(), Samples.buffer("caf\u{E9}")]
        let command = try #require(CommandFormatter.format(arguments))
        #expect(String(buffer: command) == "*4\r\n$3\r\nSET\r\n$5\r\n%s\r\n\0\r\n$0\r\n\r\n$5\r\ncaf\u{E9}\r\n")
    }
}
