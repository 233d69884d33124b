import AmbassadorCore
import NIOCore

/// Answers that depend on something that is asked on the connection's loop: no task waits for it.
extension ConnectionHandler {
    func ask(_ ask: (@escaping @Sendable (Decision) -> Void) -> Decision?, for exchange: Exchange) {
        let bound = NIOLoopBound(self, eventLoop: self.table.eventLoop)
        if let decision = ask({ bound.value.take($0) }) {
            self.follow(decision, for: exchange)
        } else {
            self.pending = PendingAnswer(exchange: exchange)
        }
    }

    private func take(_ decision: Decision) {
        guard self.context != nil, let pending = self.pending else { return self.settle(decision) }
        self.pending = nil
        self.follow(decision, for: pending.exchange)
        // One read may bring what many connections have asked for.
        self.proceed(flushing: .atTurnEnd)
    }

    /// Sees to the record that is owed, though the caller has left and nobody reads the answer.
    private func settle(_ decision: Decision) {
        switch decision {
        case .answered(let response): Self.abandon { response }
        case .committing(let held): self.table.heldAnswers.hold(held, of: self)
        case .pending(let work): Self.abandon(work)
        case .asking: preconditionFailure("what was decided is to be asked again")
        }
    }

    /// Runs work whose answer nobody reads, and tells it so.
    static func abandon(_ work: @escaping @Sendable () async -> Response) {
        Task {
            if case .stream(let stream) = await work().content { await stream.abandon() }
        }.cancel()
    }
}
