import NIOCore
import Testing

@testable import AmbassadorHTTP

@Suite("Chunk scanner") struct ChunkScannerTests {
    private static func scan(_ pieces: [String]) -> (taken: Int, hasEnded: Bool, fault: ChunkScanner.Fault?) {
        var scanner = ChunkScanner()
        var taken = 0
        for piece in pieces {
            var bytes = ByteBuffer(string: piece)
            // It stops before the trailers.
            while bytes.readableBytes > 0, !scanner.hasEnded, scanner.fault == nil {
                let count = scanner.scan(bytes.readableBytesView)
                bytes.moveReaderIndex(forwardBy: count)
                taken += count
            }
        }
        return (taken, scanner.hasEnded, scanner.fault)
    }

    @Test(
        "the end of a body is found, whatever stands in it and behind it",
        arguments: [
            "0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "5\r\n0\r\n\r\n\r\n0\r\n\r\n",
            "A;x=\"y\"\r\n0123456789\r\n00\r\nX-A: b\r\nX-B: c\r\n\r\n",
            "0000000000000001\r\n1\r\n0\r\n\r\n",
        ]
    )
    func end(body: String) {
        let whole = Self.scan([body + "POST "])
        #expect(whole.taken == body.utf8.count)
        #expect(whole.hasEnded)
        let bytes = Self.scan(body.unicodeScalars.map { String($0) } + ["P"])
        #expect(bytes.taken == body.utf8.count)
        #expect(bytes.hasEnded)
        #expect(!Self.scan([String(decoding: body.utf8.dropLast(), as: UTF8.self)]).hasEnded)
    }

    @Test("framing is taken up to 4 KiB and eight bytes for each of content, and no further")
    func framing() {
        // The size, the semicolon and both line ends are framing too.
        let fits = "1;" + String(repeating: "x", count: 4096 - 4) + "\r\n1\r\n"
        #expect(Self.scan([fits]).taken == fits.utf8.count)
        let long = Self.scan(["1;" + String(repeating: "x", count: 4096 - 3) + "\r\n1\r\n"])
        #expect(long.fault == .framingTooLong)
        #expect(long.taken == 4096)
        #expect(
            Self.scan(["1\r\n1\r\n0\r\nX: " + String(repeating: "x", count: 4096) + "\r\n\r\n"]).fault
                == .framingTooLong
        )
        let ones = String(repeating: "1\r\n1\r\n", count: 10_000)
        #expect(Self.scan([ones]).taken == ones.utf8.count)
    }

    @Test("trailers are lines with a name and a value, and 64 at most")
    func trailers() {
        let many = (0..<64).map { "X-\($0): a\r\n" }.joined()
        #expect(Self.scan(["1\r\n1\r\n0\r\n\(many)\r\n"]).hasEnded)
        #expect(Self.scan(["1\r\n1\r\n0\r\n\(many)X: a\r\n\r\n"]).fault == .framingTooLong)
        for line in ["X", "X : a", " X: a", ": a", "X\t: a", "X: a\u{1}"] {
            #expect(Self.scan(["0\r\n\(line)\r\n\r\n"]).fault == .malformed, "\(line)")
        }
        #expect(Self.scan(["0\r\nX:\r\nContent-Length: 9\r\nX: \u{E9}\r\n\r\n"]).hasEnded)
    }

    @Test(
        "a size that no length can hold is malformed",
        arguments: ["8000000000000000", "ffffffffffffffff", "00000000000000001"]
    )
    func overflow(size: String) {
        #expect(Self.scan([size + "\r\n"]).fault == .malformed)
    }
}
