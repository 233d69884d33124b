import AmbassadorCore

extension [AuditQueue.Committing] {
    /// Tells those who wait what became of their records: each task, and each event loop once.
    func tell(isCommitted: Bool) {
        // One for each loop of the process at most.
        var loops: [(listener: CommitListener, through: CommitTicket)] = []
        for item in self {
            switch item.waiter {
            case .task(let continuation):
                continuation.resume(returning: isCommitted)
            case .loop(let listener, let ticket):
                if let index = loops.firstIndex(where: { $0.listener === listener }) {
                    loops[index].through = ticket
                } else {
                    loops.append((listener, ticket))
                }
            }
        }
        for loop in loops { loop.listener.tell(CommitProgress(through: loop.through, isCommitted: isCommitted)) }
    }
}
