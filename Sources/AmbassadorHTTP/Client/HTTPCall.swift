import NIOCore

/// One request and its answer; it stays on one event loop from its beginning to its end.
package final class HTTPCall: Sendable {
    private enum Progress {
        /// There is no connection for it yet.
        case connecting
        case onConnection(HTTPConnection)
        case ended
    }

    private struct State {
        var progress = Progress.connecting
        var deadline: Scheduled<Void>?
    }

    let eventLoop: any EventLoop
    let request: HTTPRequest
    let receiver: any HTTPAnswerReceiver
    private let deadline: NIODeadline
    private let state: NIOLoopBoundBox<State>

    init(_ request: HTTPRequest, deadline: NIODeadline, receiver: any HTTPAnswerReceiver, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.request = request
        self.receiver = receiver
        self.deadline = deadline
        self.state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    /// Gives the call up and closes its connection; does nothing to a call that is over.
    package func cancel() {
        self.eventLoop.runNow { self.fail(HTTPCallError.cancelled) }
    }

    /// Whether the call is over; on its event loop.
    var hasEnded: Bool {
        if case .ended = self.state.value.progress { true } else { false }
    }

    /// Begins to count the call's time; on its event loop.
    func begin() {
        guard !self.hasEnded else { return }
        self.state.value.deadline = self.eventLoop.scheduleTask(deadline: self.deadline) {
            self.fail(HTTPCallError.timedOut)
        }
    }

    /// The call is being sent on a connection; on its event loop.
    func use(_ connection: HTTPConnection) {
        self.state.value.progress = .onConnection(connection)
    }

    /// The whole answer was received; on the call's event loop.
    func finish() {
        guard self.end() != nil else { return }
        self.receiver.finish()
    }

    /// The call has failed, and its connection is of no more use; on its event loop.
    func fail(_ error: any Error) {
        guard let progress = self.end() else { return }
        if case .onConnection(let connection) = progress { connection.abandon(self) }
        if case .connecting = progress { self.receiver.fail(Self.unsent(error)) } else { self.receiver.fail(error) }
    }

    /// What an error says of a call for which there was no connection yet.
    private static func unsent(_ error: any Error) -> any Error {
        switch error {
        case HTTPCallError.timedOut: HTTPCallError.notConnected(.timeout, "not within the call's time")
        case HTTPCallError.cancelled: HTTPCallError.cancelledUnsent
        default: error
        }
    }

    /// - Returns: how far the call had come; `nil` where it was over.
    private func end() -> Progress? {
        let state = self.state.value
        if case .ended = state.progress { return nil }
        state.deadline?.cancel()
        self.state.value = State(progress: .ended)
        return state.progress
    }
}

extension EventLoop {
    /// Runs the work on the event loop: at once where this is its thread.
    func runNow(_ work: @escaping @Sendable () -> Void) {
        if self.inEventLoop { work() } else { self.execute(work) }
    }
}
