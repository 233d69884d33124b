import DequeModule
import NIOCore

extension ConcurrencyLimit {
    /// The limit, who is under way and who waits; without lock and clock.
    ///
    /// `Turn` is what tells a waiting call of its turn.
    struct StateMachine<Turn: Sendable>: Sendable {
        enum Admission: Sendable {
            case acquired
            /// Waits, under a number; `evicted` has to give way for it, as the queue is full.
            case queued(UInt64, evicted: Turn?)
            case queueFull
        }

        typealias Turns = [(turn: Turn, outcome: Outcome)]

        private var adaptive: AdaptiveLimit
        private var queue: CallQueue<Turn>
        /// When the calls under way began, by flow.
        private var starts: [FlowName?: Deque<NIODeadline>] = [:]
        private(set) var inFlight = 0

        init(_ bounds: AdaptiveLimit.Bounds, queueMax: Int) {
            self.adaptive = AdaptiveLimit(bounds)
            self.queue = CallQueue(countMax: queueMax)
        }

        var limit: Int { self.adaptive.limit }
        var queued: Int { self.queue.count }
        var isAdaptive: Bool { !self.adaptive.bounds.isFixed }
        var isOverloading: Bool { self.adaptive.isOverloading }

        /// Takes a place, or has the call wait for one.
        mutating func acquire(
            _ turn: Turn,
            for flow: FlowName?,
            deadline: NIODeadline,
            at now: NIODeadline
        ) -> Admission {
            if self.inFlight < self.limit, self.queue.count == 0 {
                self.start(flow, at: now)
                return .acquired
            }
            let (number, evicted) = self.queue.insert(turn, of: flow, deadline: deadline)
            return number.map { .queued($0, evicted: evicted) } ?? .queueFull
        }

        /// Gives a place back, and learns from how long its call took where that says something of LangFlow.
        ///
        /// - Returns: whose turn it is now, or who waits in vain.
        mutating func release(of flow: FlowName?, _ sample: CallSample?, at now: NIODeadline) -> Turns {
            precondition(self.inFlight > 0, "a place was released that nobody had acquired")
            let isFull = self.inFlight >= self.limit
            self.end(flow)
            if let sample { self.adaptive.record(sample, of: flow, isFull: isFull, at: now) }
            return self.fill(at: now)
        }

        /// Looks after the queue while calls wait and none ends.
        mutating func look(at now: NIODeadline) -> Turns {
            if self.queue.count > 0 { self.adaptive.grow(beside: self.starts, at: now) }
            return self.fill(at: now)
        }

        /// Takes a call out of the queue; `nil` where its turn has come already.
        mutating func leave(_ number: UInt64, of flow: FlowName?) -> Turn? {
            self.queue.remove(number, of: flow)
        }

        private mutating func start(_ flow: FlowName?, at now: NIODeadline) {
            if self.inFlight == 0 { self.adaptive.startedIdle() }
            self.inFlight += 1
            self.starts[flow, default: []].append(now)
        }

        /// Calls of one flow end nearly in the order in which they began: which of them it was is not kept.
        private mutating func end(_ flow: FlowName?) {
            self.inFlight -= 1
            _ = self.starts[flow]?.popFirst()
            if self.starts[flow]?.isEmpty == true { self.starts[flow] = nil }
        }

        private mutating func fill(at now: NIODeadline) -> Turns {
            var turns: Turns = []
            while self.inFlight < self.limit,
                let (flow, waiter) = self.queue.popNext(beside: { self.starts[$0]?.count ?? 0 })
            {
                // Half the usual time is too little; a call that is given up in the middle still costs LangFlow its whole run.
                let expected = self.adaptive.expectedTime(of: flow)
                if let expected, now.duration(to: waiter.deadline) < expected / 2 {
                    turns.append((waiter.turn, .timedOut))
                } else {
                    self.start(flow, at: now)
                    turns.append((waiter.turn, .acquired))
                }
            }
            return turns
        }
    }
}
