import AmbassadorCore
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one answer of LangFlow's, and gives it up as soon as it is seen to be none that may be used.
final class AnswerCollector: HTTPClientResponseDelegate {
    typealias Response = UpstreamAnswer

    private let answer: Mutex<CollectedAnswer>

    init(bytesMax: Int) {
        self.answer = Mutex(CollectedAnswer(bytesMax: bytesMax))
    }

    func didReceiveHead(task: HTTPClient.Task<UpstreamAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        task.eventLoop.makeCompletedFuture { try self.answer.withLock { try $0.take(head) } }
    }

    func didReceiveBodyPart(task: HTTPClient.Task<UpstreamAnswer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        task.eventLoop.makeCompletedFuture { try self.answer.withLock { try $0.take(part) } }
    }

    func didFinishRequest(task: HTTPClient.Task<UpstreamAnswer>) throws -> UpstreamAnswer {
        try self.answer.withLock { $0 }.whole()
    }
}
