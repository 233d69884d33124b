import AmbassadorCore
import NIOCore
import Synchronization

/// A response's stream that gives what a test puts in, and tells what its reader did.
final class ScriptedStream: ResponseStream {
    private let pieces: AsyncStream<StreamPiece>
    private let continuation: AsyncStream<StreamPiece>.Continuation
    private let state = Mutex((asked: 0, abandoned: 0))

    init(_ pieces: [StreamPiece] = []) {
        (self.pieces, self.continuation) = AsyncStream.makeStream()
        for piece in pieces { self.continuation.yield(piece) }
    }

    convenience init(records: [String]) {
        self.init(records.map { .bytes(ByteBuffer(string: $0)) } + [.end])
    }

    /// How often the reader asked for a piece.
    var asked: Int { self.state.withLock { $0.asked } }
    /// How often it said that it has left.
    var abandoned: Int { self.state.withLock { $0.abandoned } }

    func put(_ text: String) {
        self.continuation.yield(.bytes(ByteBuffer(string: text)))
    }

    func put(_ piece: StreamPiece) {
        self.continuation.yield(piece)
    }

    func next() async -> StreamPiece {
        self.state.withLock { $0.asked += 1 }
        var iterator = self.pieces.makeAsyncIterator()
        return await iterator.next() ?? .broken
    }

    func abandon() async {
        self.state.withLock { $0.abandoned += 1 }
    }
}

/// A stream of so many pieces of one size, as fast as they are asked for.
final class LongStream: ResponseStream {
    private let piece: ByteBuffer
    private let count: Int
    private let state = Mutex((given: 0, abandoned: 0))

    init(pieces: Int, ofBytes size: Int) {
        self.piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
        self.count = pieces
    }

    var given: Int { self.state.withLock { $0.given } }
    var abandoned: Int { self.state.withLock { $0.abandoned } }

    func next() async -> StreamPiece {
        self.state.withLock { state in
            guard state.given < self.count else { return .end }
            state.given += 1
            return .bytes(self.piece)
        }
    }

    func abandon() async {
        self.state.withLock { $0.abandoned += 1 }
    }
}

extension Response {
    static func stream(_ stream: any ResponseStream, to request: Request) -> Response {
        Response(status: 200, traceID: request.traceID, content: .stream(stream))
    }
}

/// A chunked response as far as it came.
struct ChunkedMessage {
    var fields: [String] = []
    var chunks: [String] = []
    /// Whether the last chunk came.
    var isComplete = false
    /// What came behind it.
    var rest: [UInt8] = []

    /// Reads the first response; `nil` where its head is not there.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        self.fields = head.split(separator: "\r\n").dropFirst().map(String.init)
        var rest = bytes[end.upperBound...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)),
            let length = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
            rest.endIndex - line.upperBound >= length + 2
        {
            let chunk = rest[line.upperBound..<(line.upperBound + length)]
            rest = rest[(chunk.endIndex + 2)...]
            if length == 0 {
                self.isComplete = true
                break
            }
            self.chunks.append(String(decoding: chunk, as: UTF8.self))
        }
        self.rest = Array(rest)
    }
}
