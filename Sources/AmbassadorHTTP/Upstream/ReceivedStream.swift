import AmbassadorCore
import NIOCore
import Synchronization

/// LangFlow's stream as its reader has it; the call is given up with its last reference.
final class ReceivedStream: UpstreamBody {
    private let mailbox: StreamMailbox
    private let giveUp: @Sendable () -> Void

    init(mailbox: StreamMailbox, giveUp: @escaping @Sendable () -> Void) {
        self.mailbox = mailbox
        self.giveUp = giveUp
    }

    deinit {
        // Does nothing to a call that is over.
        self.giveUp()
        self.mailbox.close()
    }

    func next() async throws(UpstreamError) -> ByteBuffer? {
        guard !Task.isCancelled else {
            self.giveUp()
            throw .cancelled
        }
        return try await withTaskCancellationHandler {
            await self.mailbox.take()
        } onCancel: {
            self.giveUp()
        }.get()
    }
}

/// Where the connection leaves one part of a stream and the reader takes it.
///
/// The connection reads on only when the part is taken, so that at most this one and those of one read of the socket are in memory.
final class StreamMailbox: Sendable {
    typealias Arrival = Result<ByteBuffer?, UpstreamError>

    private struct State {
        var part: (bytes: ByteBuffer, taken: EventLoopPromise<Void>)?
        var end: Arrival?
        var reader: OneShot<Arrival>?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Leaves a part.
    ///
    /// - Returns: When there is room for the next one.
    func put(_ bytes: ByteBuffer, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        // The parts of an answer have bytes; what has none would look like an end.
        guard bytes.readableBytes > 0 else { return eventLoop.makeSucceededVoidFuture() }
        let (reader, room) = self.state.withLock { state -> (OneShot<Arrival>?, EventLoopFuture<Void>) in
            if state.isClosed { return (nil, eventLoop.makeFailedFuture(UpstreamError.cancelled)) }
            if let reader = state.reader.take() { return (reader, eventLoop.makeSucceededVoidFuture()) }
            precondition(state.part == nil, "a part came before there was room for it")
            let taken = eventLoop.makePromise(of: Void.self)
            state.part = (bytes, taken)
            return (nil, taken.futureResult)
        }
        reader?.deliver(.success(bytes))
        return room
    }

    /// Ends the stream behind what was left; the first end counts.
    func end(_ end: Arrival) {
        let reader = self.state.withLock { state in
            if state.end == nil { state.end = end }
            return state.reader.take()
        }
        reader?.deliver(end)
    }

    /// Takes what comes next; the end again and again.
    func take() async -> Arrival {
        let reader = OneShot<Arrival>()
        let (arrival, taken) = self.state.withLock { state -> (Arrival?, EventLoopPromise<Void>?) in
            if let part = state.part.take() { return (.success(part.bytes), part.taken) }
            if let end = state.end { return (end, nil) }
            precondition(state.reader == nil, "a stream has one reader")
            state.reader = reader
            return (nil, nil)
        }
        taken?.succeed()
        if let arrival { return arrival }
        return await reader.value()
    }

    /// Takes nothing more.
    func close() {
        let part = self.state.withLock { state in
            state.isClosed = true
            return state.part.take()
        }
        part?.taken.fail(UpstreamError.cancelled)
    }
}
