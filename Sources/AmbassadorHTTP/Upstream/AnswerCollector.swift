import AmbassadorCore
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one answer of LangFlow's, and gives it up as soon as it is seen to be none that may be used.
final class AnswerCollector: HTTPAnswerReceiver {
    /// The answer, or why there is none.
    let outcome = OneShot<Result<UpstreamAnswer, UpstreamError>>()
    private let answer: Mutex<CollectedAnswer>

    init(bytesMax: Int) {
        self.answer = Mutex(CollectedAnswer(bytesMax: bytesMax))
    }

    func take(_ head: HTTPResponseHead, of call: HTTPCall) throws {
        try self.answer.withLock { (answer) throws(UpstreamError) in try answer.take(head) }
    }

    func take(_ part: ByteBuffer, on eventLoop: any EventLoop) throws -> EventLoopFuture<Void>? {
        try self.answer.withLock { (answer) throws(UpstreamError) in try answer.take(part) }
        return nil
    }

    func finish() {
        let answer = self.answer.withLock { $0 }
        self.outcome.deliver(Result { () throws(UpstreamError) in try answer.whole() })
    }

    func fail(_ error: any Error) {
        self.outcome.deliver(.failure(UpstreamError(error)))
    }
}
