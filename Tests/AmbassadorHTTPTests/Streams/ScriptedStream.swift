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
