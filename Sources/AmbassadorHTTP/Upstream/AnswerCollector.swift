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
        self.proceed(task) { (answer) throws(UpstreamError) in try answer.take(head) }
    }

    func didReceiveBodyPart(task: HTTPClient.Task<UpstreamAnswer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        self.proceed(task) { (answer) throws(UpstreamError) in try answer.take(part) }
    }

    private func proceed(
        _ task: HTTPClient.Task<UpstreamAnswer>,
        _ take: (inout CollectedAnswer) throws(UpstreamError) -> Void
    ) -> EventLoopFuture<Void> {
        do {
            try self.answer.withLock { (answer) throws(UpstreamError) in try take(&answer) }
            // The loop has one of these for all.
            return task.eventLoop.makeSucceededVoidFuture()
        } catch {
            return task.eventLoop.makeFailedFuture(error)
        }
    }

    func didFinishRequest(task: HTTPClient.Task<UpstreamAnswer>) throws -> UpstreamAnswer {
        try self.answer.withLock { $0 }.whole()
    }
}
