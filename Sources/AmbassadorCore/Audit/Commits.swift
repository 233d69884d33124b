package import NIOCore

/// The place of a record in the order in which a strict audit log settles records.
package struct CommitTicket: Sendable, Hashable, Comparable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }

    package static func < (a: CommitTicket, b: CommitTicket) -> Bool { a.number < b.number }
}

/// What became of records that are waited for: of all of a listener's up to a ticket that it was not told of before.
package struct CommitProgress: Sendable, Hashable {
    package let through: CommitTicket
    /// Whether the answers may leave: the records are on disk, or the operator wants answers without records to be given.
    package let isCommitted: Bool

    package init(through: CommitTicket, isCommitted: Bool) {
        self.through = through
        self.isCommitted = isCommitted
    }
}

/// Whom a strict audit log tells what became of the records that one event loop waits for.
package final class CommitListener: Sendable {
    private let eventLoop: any EventLoop
    private let progress: @Sendable (CommitProgress) -> Void

    /// - Parameters:
    ///   - eventLoop: the loop that waits; records are handed over on it alone.
    ///   - progress: called on that loop, in the order of the tickets.
    package init(on eventLoop: any EventLoop, progress: @escaping @Sendable (CommitProgress) -> Void) {
        self.eventLoop = eventLoop
        self.progress = progress
    }

    /// Tells of a commit; once for all records of the loop that were in it.
    package func tell(_ progress: CommitProgress) {
        self.eventLoop.execute { self.progress(progress) }
    }
}
