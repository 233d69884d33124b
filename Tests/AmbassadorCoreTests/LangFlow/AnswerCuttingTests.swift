import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Cutting of sessions")
struct AnswerCuttingTests {
    private let session: UpstreamSessionID

    init() throws {
        self.session = try #require(SessionID("s")).scoped(to: .default)
    }

    @Test(
        "every place is cut, whatever is around it",
        arguments: [
            ("", []), ("x", []), ("S", [0]), ("SS", [0, 0]), ("SSS", [0, 0, 0]), ("xS", [1]), ("Sx", [0]),
            ("xSySz", [1, 2]),
            ("\"S\",\"S\"", [1, 4]), ("--S--", [2]), ("0S0", [1]),
        ]
    )
    func cuts(pattern: String, offsets: [Int]) throws {
        let body = pattern.replacing("S", with: self.session.description)
        let answer = Answer(cutting: self.session, from: ByteBuffer(string: body), text: ByteBuffer(string: body))
        #expect(answer.body.text == pattern.replacing("S", with: ""))
        let reader = try #require(SessionID("reader"))
        #expect(answer.text(for: reader).text == pattern.replacing("S", with: "reader"))
        #expect(answer.hasSessionInText == pattern.contains("S"))
        #expect(answer.sessionOffsets == offsets)
    }

    @Test("near misses stay", arguments: [0, 1, 8, 17, 34, 35])
    func keepsNearMisses(position: Int) throws {
        var bytes = Array(self.session.description.utf8)
        bytes[position] = UInt8(ascii: "z")
        let other = String(decoding: bytes, as: UTF8.self)
        let body = other + other.dropFirst() + String(self.session.description.dropLast())
        let answer = Answer(cutting: self.session, from: ByteBuffer(string: body), text: ByteBuffer())
        #expect(answer.sessionOffsets.isEmpty)
        #expect(answer.body.text == body)
    }

    @Test("1,000 generated bodies give back what they were made of")
    func agreesWithConstruction() {
        var random = SeededGenerator(seed: 3)
        let id = Array(self.session.description.utf8)
        for _ in 0..<1_000 {
            var body: [UInt8] = []
            var rest: [UInt8] = []
            var offsets: [Int] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                // Parts of the id itself are the hardest filler: they end where another one could begin.
                let filler = Array(id.prefix(Int.random(in: 0..<36, using: &random))) + [UInt8(ascii: "|")]
                body += filler
                rest += filler
                if Bool.random(using: &random) {
                    offsets.append(rest.count)
                    body += id
                }
            }
            let answer = Answer(cutting: self.session, from: ByteBuffer(bytes: body), text: ByteBuffer())
            #expect(Array(answer.body.readableBytesView) == rest)
            #expect(answer.sessionOffsets == offsets)
        }
    }

    @Test("offsets count from the first readable byte")
    func countsFromReadable() {
        var body = ByteBuffer(string: "skipped" + "ab\(self.session)c" + "unread")
        body.moveReaderIndex(forwardBy: 7)
        body.moveWriterIndex(to: body.writerIndex - 6)
        let answer = Answer(cutting: self.session, from: body, text: ByteBuffer())
        #expect(answer.body == ByteBuffer(string: "abc"))
        #expect(answer.sessionOffsets == [2])
    }
}
