import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AmbassadorHTTP

/// Where an answer ends, and what is made of the bytes behind it.
@Suite("Answer framing") struct AnswerFramerTests {
    /// What reached the parser, and whether the rest was turned away.
    private struct Outcome: Equatable {
        var text = ""
        var isTurnedAway = false
    }

    /// Feeds bytes in pieces that end at the given places, as a connection does: the parser's word on heads comes in between.
    private static func outcome(_ answer: String, cutAt cuts: [Int] = []) -> Outcome {
        let bytes = ByteBuffer(string: answer)
        var framer = AnswerFramer()
        framer.expect()
        var outcome = Outcome()
        var start = 0
        for end in cuts + [bytes.readableBytes] {
            var piece = bytes.getSlice(at: start, length: end - start) ?? ByteBuffer()
            start = end
            do throws(HTTPCallError) {
                while piece.readableBytes > 0 {
                    let count = try framer.scan(piece.readableBytesView)
                    outcome.text += piece.readString(length: count) ?? ""
                    if let head = Self.head(endingIn: outcome.text) { try framer.begin(head) }
                }
            } catch {
                outcome.isTurnedAway = true
                return outcome
            }
        }
        return outcome
    }

    /// What the parser says where a head has just ended that is the answer's own.
    private static func head(endingIn text: String) -> HTTPResponseHead? {
        guard text.utf8.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return nil }
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPResponseDecoder()))
        defer { _ = try? channel.finish() }
        _ = try? channel.writeOutbound(HTTPClientRequestPart.head(.init(version: .http1_1, method: .POST, uri: "/")))
        _ = try? channel.writeInbound(ByteBuffer(string: text))
        guard case .head(let head)? = try? channel.readInbound(as: HTTPClientResponsePart.self),
            (try? channel.readInbound(as: HTTPClientResponsePart.self)) == nil || head.hasNoBody
        else { return nil }
        return head
    }

    static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
    ]

    @Test("an answer is let through whole, wherever it is cut, and no byte behind it", arguments: answers)
    func whole(answer: String) {
        for cut in 0...answer.utf8.count {
            #expect(Self.outcome(answer, cutAt: [cut]) == Outcome(text: answer))
            for behind in ["\r\n", "H", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "\u{0}"] {
                let outcome = Self.outcome(answer + behind, cutAt: [cut])
                #expect(outcome == Outcome(text: answer, isTurnedAway: true), "cut at \(cut)")
            }
        }
    }

    @Test("nothing is let through that was not asked for")
    func unasked() {
        var framer = AnswerFramer()
        #expect(throws: HTTPCallError.self) { try framer.scan(ByteBuffer(string: "\r\n").readableBytesView) }
    }

    @Test(
        "a body whose end is said twice, or not as one number, is turned away",
        arguments: [
            ["Content-Length": "2", "Transfer-Encoding": "chunked"], ["Content-Length": "+2"],
            ["Content-Length": "-1"], ["Content-Length": "2, 2"], ["Content-Length": ""],
            ["Content-Length": "99999999999999999999"], ["Content-Length": "0x2"], ["Content-Length": "2 "],
        ] as [HTTPHeaders]
    )
    func lengths(fields: HTTPHeaders) throws {
        var framer = AnswerFramer()
        framer.expect()
        _ = try framer.scan(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n").readableBytesView)
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
        #expect(throws: HTTPCallError.self) { try framer.begin(head) }
    }

    @Test("a head without end is turned away, however it comes")
    func endlessHead() {
        for piece in ["HTTP/1.1 200 O", "x: y\r\n"] {
            var framer = AnswerFramer()
            framer.expect()
            let bytes = ByteBuffer(string: String(repeating: piece, count: 8192))
            #expect(throws: HTTPCallError.self) {
                for _ in 0..<64 { _ = try framer.scan(bytes.readableBytesView) }
            }
        }
    }

    @Test("a head that the parser takes to end elsewhere is turned away")
    func otherEnd() throws {
        var framer = AnswerFramer()
        framer.expect()
        _ = try framer.scan(ByteBuffer(string: "HTTP/1.1 200 OK\n\n").readableBytesView)
        #expect(throws: HTTPCallError.self) { try framer.begin(HTTPResponseHead(version: .http1_1, status: .ok)) }
    }
}

extension HTTPResponseHead {
    fileprivate var hasNoBody: Bool {
        self.status == .noContent || self.status == .notModified || self.headers.first(name: "content-length") == "0"
    }
}
