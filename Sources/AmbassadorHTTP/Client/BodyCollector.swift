import AmbassadorCore
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects an answer whole, whatever it is, up to a size.
final class BodyCollector: HTTPAnswerReceiver {
    typealias Answer = (head: HTTPResponseHead, body: ByteBuffer)

    let outcome = OneShot<Result<Answer, HTTPCallError>>()
    private let bytesMax: Int
    private let answer = Mutex<Answer?>(nil)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    func take(_ head: HTTPResponseHead, of call: HTTPCall) {
        self.answer.withLock { $0 = (head, ByteBuffer()) }
    }

    func take(_ part: ByteBuffer, on eventLoop: any EventLoop) throws -> EventLoopFuture<Void>? {
        try self.answer.withLock { answer in
            guard part.readableBytes <= self.bytesMax - (answer?.body.readableBytes ?? 0) else {
                throw HTTPCallError.tooLarge(bytesMax: self.bytesMax)
            }
            answer?.body.writeImmutableBuffer(part)
        }
        return nil
    }

    func finish() {
        let answer = self.answer.withLock { $0.take() }
        self.outcome.deliver(answer.map { .success($0) } ?? .failure(.connectionLost(.closed)))
    }

    func fail(_ error: any Error) {
        self.outcome.deliver(.failure(HTTPCallError(onConnection: error)))
    }
}
