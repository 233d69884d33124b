import NIOCore

extension UpstreamHealth {
    /// When LangFlow is asked for its health, and what the answers mean; without lock and clock.
    ///
    /// It is asked only while something speaks against it: after a call that failed as LangFlow's outages do, after a timeout, and
    /// while its breaker is open. `Timeout` stands for a call that timed out, whose blame is not settled yet.
    struct StateMachine<Timeout: Sendable>: Sendable {
        /// What there is to do next.
        enum Step: Sendable, Equatable {
            /// Ask for the health, now; to be followed by ``end(_:at:)``.
            case probe
            /// Nothing before a moment; `distantFuture` until something fails.
            case wait(until: NIODeadline)
        }

        /// Timeouts of which it is known now whether their flow is to blame.
        struct Settled: Sendable {
            let timeouts: [Timeout]
            let isFlowToBlame: Bool

            static var none: Settled { Settled(timeouts: [], isFlowToBlame: false) }
        }

        /// What a reading says to LangFlow's breaker.
        enum Judgement: Sendable, Equatable {
            case healthy
            case unhealthy
            case nothing
        }

        /// The least time from one question to the next.
        static var pauseMin: Duration { .seconds(1) }
        /// What the pause grows to in a long outage while no caller asks for LangFlow.
        static var pauseMax: Duration { .seconds(5) }
        /// How long calls are doubted that had opened the breaker of a LangFlow that is well.
        static var doubtTime: Duration { .seconds(60) }
        /// Most timeouts that wait to be attributed; further ones count for no breaker.
        static var timeoutsMax: Int { 256 }

        private var isOpen = false
        /// When the latest call failed of which no later reading says that LangFlow is well.
        private var suspectedAt: NIODeadline?
        /// Whether a caller was refused since the latest question.
        private var isWanted = false
        private var isProbing = false
        private var beganAt: NIODeadline?
        private var answeredAt = NIODeadline.distantPast
        private var unhealthyAt = NIODeadline.distantPast
        /// When the first of the unhealthy readings in a row was asked for.
        private var outageBeganAt: NIODeadline?
        private var doubtsCallsUntil = NIODeadline.distantPast
        private var timeouts: [(moment: NIODeadline, timeout: Timeout)] = []

        init() {}

        /// Whether something speaks against LangFlow.
        var isSuspected: Bool { self.isOpen || self.suspectedAt != nil }

        /// When the next question is due.
        var due: NIODeadline {
            guard !self.isProbing, self.isSuspected else { return .distantFuture }
            guard let beganAt else { return .distantPast }
            return beganAt.advanced(by: self.pause(since: beganAt))
        }

        /// Grows by a second a minute, so that LangFlow is found back within two seconds after the outages that a restart makes.
        private func pause(since beganAt: NIODeadline) -> Duration {
            guard self.isOpen, !self.isWanted, let outageBeganAt else { return Self.pauseMin }
            return min(max(outageBeganAt.duration(to: beganAt) / 60, Self.pauseMin), Self.pauseMax)
        }

        mutating func next(at now: NIODeadline) -> Step {
            guard self.due <= now else { return .wait(until: self.due) }
            self.isProbing = true
            self.isWanted = false
            self.beganAt = now
            return .probe
        }

        /// A call was answered: LangFlow is there, whatever became of others.
        mutating func callAnswered(at now: NIODeadline) -> Settled {
            self.answeredAt = now
            return self.timeouts.isEmpty ? .none : self.settle(before: now, isFlowToBlame: true)
        }

        /// A call failed as calls do when LangFlow is away.
        ///
        /// - Returns: whether the failure counts against LangFlow. A lost connection or a gateway's error does not where LangFlow
        ///   was found well while its breaker was open for such failures: then they are some flow's, and the readings judge.
        mutating func callFailed(withoutConnection: Bool, at now: NIODeadline) -> Bool {
            self.suspectedAt = now
            return withoutConnection || now >= self.doubtsCallsUntil
        }

        /// A call had all of its flow's time and was not answered: by the flow's fault if LangFlow is well.
        mutating func callTimedOut(_ timeout: Timeout, startedAt: NIODeadline, at now: NIODeadline) -> Settled {
            self.suspectedAt = now
            guard self.unhealthyAt < startedAt, self.timeouts.count < Self.timeoutsMax else {
                return Settled(timeouts: [timeout], isFlowToBlame: false)
            }
            self.timeouts.append((now, timeout))
            return .none
        }

        /// A caller was refused, since the breaker is open.
        mutating func callRefused() {
            self.isWanted = true
        }

        mutating func breakerOpened() {
            self.isOpen = true
        }

        mutating func breakerClosed() {
            self.isOpen = false
            self.outageBeganAt = nil
        }

        /// Takes what a question brought; `nil` where nothing was learned.
        mutating func end(_ reading: HealthReading?, at now: NIODeadline) -> (judgement: Judgement, settled: Settled) {
            guard self.isProbing, let beganAt else { return (.nothing, .none) }
            self.isProbing = false
            switch reading {
            case nil: return (.nothing, .none)
            case .healthy:
                if self.isOpen, self.outageBeganAt == nil { self.doubtsCallsUntil = now.advanced(by: Self.doubtTime) }
                self.outageBeganAt = nil
                let settled = self.settle(before: beganAt, isFlowToBlame: true)
                // What failed after the question was asked may be a new outage.
                if let suspectedAt, suspectedAt > beganAt { return (self.isOpen ? .healthy : .nothing, settled) }
                self.suspectedAt = nil
                return (.healthy, settled)
            case .unusable:
                self.suspectedAt = nil
                return (.nothing, self.settle(before: now, isFlowToBlame: true))
            case .unhealthy:
                // LangFlow answers calls: it is busy, not away.
                guard self.answeredAt < beganAt else { return (.nothing, .none) }
                self.unhealthyAt = now
                self.outageBeganAt = self.outageBeganAt ?? beganAt
                self.doubtsCallsUntil = .distantPast
                return (.unhealthy, self.settle(before: now, isFlowToBlame: false))
            }
        }

        private mutating func settle(before moment: NIODeadline, isFlowToBlame: Bool) -> Settled {
            let settled = self.timeouts.filter { $0.moment <= moment }.map(\.timeout)
            guard !settled.isEmpty else { return .none }
            self.timeouts.removeAll { $0.moment <= moment }
            return Settled(timeouts: settled, isFlowToBlame: isFlowToBlame)
        }
    }
}
