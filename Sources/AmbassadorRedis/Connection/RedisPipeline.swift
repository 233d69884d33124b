import DequeModule
import NIOCore

/// The order of commands and replies on one socket, without any I/O.
///
/// RESP has no ids: the n-th reply answers the n-th command. So a command that is given up cannot just be forgotten; the
/// socket is closed instead, and no late reply can answer another command.
struct RedisPipeline<Waiter> {
    /// What a reply leads to.
    enum Reception {
        /// The greeting goes on.
        case greeting
        /// The greeting is over: commands may be sent.
        case ready
        /// A command has its end; the reply may mean more than that.
        case complete(Waiter, RedisResult, ServerWord?, ServerWord.Consequence)
        /// The socket must be closed.
        case close(RedisCloseReason)
    }

    /// What the passing of time leads to.
    enum Expiration: Equatable {
        /// Nothing is waited for.
        case idle
        /// Nothing is due before this moment.
        case rearm(NIODeadline)
        /// The oldest command, or the greeting, has waited too long: the socket must be closed.
        case close
    }

    private enum Phase {
        case greeting(Deque<RedisGreeting.Step>, NIODeadline)
        case ready
        case draining
        case closed
    }

    private struct InFlight {
        let waiter: Waiter
        let name: RedisCommand.Name
        let deadline: NIODeadline
    }

    private var phase: Phase
    private var inFlight: Deque<InFlight> = []

    init(greeting: [RedisGreeting.Step], deadline: NIODeadline) {
        self.phase = .greeting(Deque(greeting), deadline)
    }

    var isReady: Bool {
        if case .ready = self.phase { true } else { false }
    }

    var isIdle: Bool { self.inFlight.isEmpty }

    /// Enters a command that is about to be written.
    ///
    /// Deadlines come in ascending order but for the jitter between threads, so only the oldest command's is watched.
    mutating func enter(_ waiter: Waiter, _ name: RedisCommand.Name, deadline: NIODeadline) {
        precondition(self.isReady, "a command was entered on a connection that is not ready")
        self.inFlight.append(InFlight(waiter: waiter, name: name, deadline: deadline))
    }

    mutating func receive(_ reply: RedisReply) -> Reception {
        switch self.phase {
        case .greeting(let steps, let deadline):
            return self.receive(reply, greeting: steps, deadline)
        case .ready, .draining:
            guard let head = self.inFlight.popFirst() else { return .close(.protocolViolation("reply to nothing")) }
            guard case .error(let line) = reply else { return .complete(head.waiter, .success(reply), nil, .none) }
            let word = ServerWord(line: line)
            return .complete(head.waiter, .failure(.server(word)), word, word.consequence(for: head.name))
        case .closed:
            return .close(.stopped)
        }
    }

    private mutating func receive(
        _ reply: RedisReply,
        greeting steps: Deque<RedisGreeting.Step>,
        _ deadline: NIODeadline
    ) -> Reception {
        var steps = steps
        guard let step = steps.popFirst() else { return .close(.protocolViolation("reply to nothing")) }
        if let reason = RedisGreeting.judge(reply, to: step) { return .close(reason) }
        guard steps.isEmpty else {
            self.phase = .greeting(steps, deadline)
            return .greeting
        }
        self.phase = .ready
        return .ready
    }

    func expire(at now: NIODeadline) -> Expiration {
        let deadline: NIODeadline
        switch self.phase {
        case .greeting(_, let greeting):
            deadline = greeting
        case .ready, .draining:
            guard let head = self.inFlight.first else { return .idle }
            deadline = head.deadline
        case .closed:
            return .idle
        }
        return deadline <= now ? .close : .rearm(deadline)
    }

    /// Takes no more commands; those under way may still end.
    mutating func drain() {
        if self.isReady { self.phase = .draining }
    }

    var isDrained: Bool {
        switch self.phase {
        case .draining: self.inFlight.isEmpty
        case .greeting, .ready, .closed: false
        }
    }

    /// Ends it.
    ///
    /// - Returns: all whose reply will not come, the oldest first.
    mutating func close() -> [Waiter] {
        self.phase = .closed
        defer { self.inFlight = [] }
        return self.inFlight.map(\.waiter)
    }
}
