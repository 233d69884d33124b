import AmbassadorCore
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes LangFlow's answer to a streamed run: collects what is no stream, and hands a stream on as it is asked for.
final class StreamReceiver: HTTPClientResponseDelegate {
    typealias Response = Void

    private enum State {
        case collecting(CollectedAnswer)
        case streaming(StreamMailbox)
    }

    /// What the answer turns out to be, or why there is none.
    let opening = OneShot<Result<UpstreamOpening, UpstreamError>>()
    private let state: Mutex<State>

    init(bytesMax: Int) {
        self.state = Mutex(.collecting(CollectedAnswer(bytesMax: bytesMax)))
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        let stream: UpstreamStream?
        do {
            stream = try self.take(head, of: task)
        } catch {
            return task.eventLoop.makeFailedFuture(error)
        }
        // Outside of the lock: it resumes the one who waits.
        if let stream { self.opening.deliver(.success(.stream(stream))) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    private func take(_ head: HTTPResponseHead, of task: HTTPClient.Task<Void>) throws(UpstreamError) -> UpstreamStream?
    {
        try self.state.withLock { (state) throws(UpstreamError) -> UpstreamStream? in
            guard case .collecting(var answer) = state else { return nil }
            try answer.take(head)
            guard answer.isStream else {
                state = .collecting(answer)
                return nil
            }
            let mailbox = StreamMailbox()
            state = .streaming(mailbox)
            return UpstreamStream(
                lifetimeMax: answer.lifetimeMax,
                body: ReceivedStream(mailbox: mailbox, giveUp: { task.cancel() })
            )
        }
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let mailbox: StreamMailbox?
        do {
            mailbox = try self.take(part)
        } catch {
            return task.eventLoop.makeFailedFuture(error)
        }
        return mailbox?.put(part, on: task.eventLoop) ?? task.eventLoop.makeSucceededVoidFuture()
    }

    /// - Returns: Where the part belongs, if it is one of a stream.
    private func take(_ part: ByteBuffer) throws(UpstreamError) -> StreamMailbox? {
        try self.state.withLock { (state) throws(UpstreamError) -> StreamMailbox? in
            switch state {
            case .streaming(let mailbox): return mailbox
            case .collecting(var answer):
                // The only reference to the bytes, so that appending does not copy what is there.
                state = .collecting(CollectedAnswer(bytesMax: 0))
                try answer.take(part)
                state = .collecting(answer)
                return nil
            }
        }
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {
        switch self.state.withLock({ $0 }) {
        case .collecting(let answer): self.opening.deliver(.success(.answer(try answer.whole())))
        case .streaming(let mailbox): mailbox.end(.success(nil))
        }
    }

    /// The call has failed, at whatever point.
    func fail(_ error: UpstreamError) {
        if case .streaming(let mailbox) = self.state.withLock({ $0 }) { mailbox.end(.failure(error)) }
        self.opening.deliver(.failure(error))
    }
}
