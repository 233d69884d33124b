import AmbassadorCore
import DequeModule
import NIOCore

/// The answers of one event loop that wait until their records are on disk, in the order of their tickets.
///
/// Belongs to that loop. There are no more of them than connections, and than places in the audit log.
final class HeldAnswers {
    private struct Held {
        let ticket: CommitTicket
        let answer: HeldAnswer
        let connection: ConnectionHandler
    }

    private struct Weakly {
        weak var answers: HeldAnswers?
    }

    private let eventLoop: any EventLoop
    private var held = Deque<Held>()
    private var isCommitDue = false
    private var listener: CommitListener?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Hands the answer's record over, and the answer to its connection once the record is settled.
    func hold(_ answer: HeldAnswer, of connection: ConnectionHandler) {
        guard let ticket = answer.record(telling: self.listener ?? self.makeListener()) else {
            // Not within the call that decided: the connection is about to go on by itself.
            let bound = NIOLoopBound((answer, connection), eventLoop: self.eventLoop)
            self.eventLoop.execute { bound.value.1.finishPending(with: bound.value.0.response(isRecorded: false)) }
            return
        }
        self.held.append(Held(ticket: ticket, answer: answer, connection: connection))
        guard !self.isCommitDue else { return }
        self.isCommitDue = true
        // Once all that could be read was read, so that one commit takes all of it.
        let bound = NIOLoopBound((self, answer), eventLoop: self.eventLoop)
        self.eventLoop.execute {
            bound.value.0.isCommitDue = false
            bound.value.1.commit()
        }
    }

    /// Lets the answers leave whose records are settled, or refusals instead of them.
    private func settle(_ progress: CommitProgress) {
        while let first = self.held.first, first.ticket <= progress.through {
            self.held.removeFirst()
            // Also where the caller has left: the request is counted.
            first.connection.finishPending(with: first.answer.response(isRecorded: progress.isCommitted))
        }
    }

    private func makeListener() -> CommitListener {
        // Whoever is held keeps this alive; a listener by itself must not.
        let bound = NIOLoopBound(Weakly(answers: self), eventLoop: self.eventLoop)
        let listener = CommitListener(on: self.eventLoop) { bound.value.answers?.settle($0) }
        self.listener = listener
        return listener
    }
}
