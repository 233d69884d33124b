import NIOCore

/// The one timer of a connection.
///
/// A deadline that moves back costs nothing: the task that is scheduled finds it moved and is scheduled again. Only a deadline
/// before the scheduled one makes a new task.
struct ConnectionTimer {
    /// What is being waited for.
    enum Phase: Equatable {
        case idle
        case head
        case body
        /// The caller is to read what was written.
        case write
        /// The last answer was given; the caller is to close.
        case linger
        /// We ourselves are at work: no limit here.
        case working
    }

    private(set) var phase: Phase?
    private var deadline = NIODeadline.distantFuture
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?

    /// Ends the phase, so that entering it again gives it its whole time.
    mutating func restart() {
        self.phase = nil
    }

    /// Says what is waited for now; a phase that goes on keeps its deadline.
    ///
    /// - Parameters:
    ///   - phase: What is waited for.
    ///   - now: When a new phase begins.
    ///   - timeout: How long a new phase may take; `nil` for no limit.
    /// - Returns: When a task must be scheduled; `nil` where the scheduled one comes soon enough.
    mutating func enter(_ phase: Phase, at now: NIODeadline, timeout: TimeAmount?) -> NIODeadline? {
        if phase != self.phase {
            self.phase = phase
            self.deadline = timeout.map { now + $0 } ?? .distantFuture
        }
        guard let scheduled = self.scheduled else { return self.deadline == .distantFuture ? nil : self.deadline }
        return self.deadline < scheduled.at ? self.deadline : nil
    }

    /// Takes the task that was scheduled, in place of the one before.
    mutating func keep(_ task: Scheduled<Void>, at deadline: NIODeadline) {
        self.scheduled?.task.cancel()
        self.scheduled = (task, deadline)
    }

    /// Whether the deadline has come; to be asked when the scheduled task runs.
    mutating func hasExpired(at now: NIODeadline) -> Bool {
        self.scheduled = nil
        return self.deadline <= now
    }

    mutating func cancel() {
        self.scheduled?.task.cancel()
        self.scheduled = nil
        self.deadline = .distantFuture
    }
}
