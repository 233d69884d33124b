import AmbassadorCore
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes LangFlow's answer to a streamed run: collects what is no stream, and hands a stream on as it is asked for.
final class StreamReceiver: HTTPAnswerReceiver {
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

    func take(_ head: HTTPResponseHead, of call: HTTPCall) throws {
        let stream = try self.begin(head, of: call)
        // Outside of the lock: it resumes the one who waits.
        if let stream { self.opening.deliver(.success(.stream(stream))) }
    }

    private func begin(_ head: HTTPResponseHead, of call: HTTPCall) throws(UpstreamError) -> UpstreamStream? {
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
                freshness: answer.freshness,
                body: ReceivedStream(mailbox: mailbox, giveUp: { call.cancel() })
            )
        }
    }

    func take(_ part: ByteBuffer, on eventLoop: any EventLoop) throws -> EventLoopFuture<Void>? {
        try self.collect(part)?.put(part, on: eventLoop)
    }

    /// - Returns: Where the part belongs, if it is one of a stream.
    private func collect(_ part: ByteBuffer) throws(UpstreamError) -> StreamMailbox? {
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

    func finish() {
        switch self.state.withLock({ $0 }) {
        case .streaming(let mailbox): mailbox.end(.success(nil))
        case .collecting(let answer):
            do throws(UpstreamError) {
                self.opening.deliver(.success(.answer(try answer.whole())))
            } catch {
                self.opening.deliver(.failure(error))
            }
        }
    }

    /// The call has failed, at whatever point.
    func fail(_ error: any Error) {
        let error = UpstreamError(error)
        if case .streaming(let mailbox) = self.state.withLock({ $0 }) { mailbox.end(.failure(error)) }
        self.opening.deliver(.failure(error))
    }
}
