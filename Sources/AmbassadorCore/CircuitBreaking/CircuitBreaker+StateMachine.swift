import NIOCore

extension CircuitBreaker {
    /// How a call that was permitted ended.
    enum Report {
        case succeeded
        case failed
        /// Nothing is known of the upstream: the call was not made, or its caller gave it up.
        case abandoned
    }

    /// The breaker without its lock and its clock.
    struct StateMachine: Sendable {
        fileprivate enum Phase {
            case closed
            case open(until: NIODeadline)
            case halfOpen(Probes)
        }

        /// The calls that find out whether the upstream is back.
        fileprivate struct Probes {
            /// When each probe that is under way is taken for lost, by its number.
            var pending: [UInt64: NIODeadline] = [:]
            /// Probes taken for lost.
            ///
            /// What they report after all still counts, or an upstream that needs longer than `probeTimeout`
            /// would never be found back.
            var lost: [UInt64] = []
            var successes = 0
            var lastNumber: UInt64 = 0
        }

        fileprivate static let lostMax = 64

        private let settings: CircuitBreakerSettings
        private var phase = Phase.closed
        private var window: CallWindow
        private var failuresInARow = 0
        /// How often it has opened since it was last closed.
        private var openings = 0
        /// Raised at each change of state, so that a report says from which it comes; never zero.
        private(set) var epoch: UInt64 = 1

        init(settings: CircuitBreakerSettings) {
            self.settings = settings
            self.window = CallWindow(length: settings.window)
        }

        var state: State {
            switch self.phase {
            case .closed: .closed
            case .open: .open
            case .halfOpen: .halfOpen
            }
        }

        mutating func permit(at now: NIODeadline) -> Permit? {
            switch self.phase {
            case .closed:
                return Permit(epoch: self.epoch, probe: nil)
            case .open(let until):
                guard now >= until else { return nil }
                self.enter(.halfOpen(Probes()))
                return self.permit(at: now)
            case .halfOpen(var probes):
                // Set aside, so that the table is changed in place.
                self.phase = .closed
                defer { self.phase = .halfOpen(probes) }
                return probes.next(at: now, settings: self.settings).map { Permit(epoch: self.epoch, probe: $0) }
            }
        }

        /// Takes what became of a call; a report from an earlier state, or a second one for a probe, does nothing.
        mutating func report(_ report: Report, of permit: Permit, at now: NIODeadline, took duration: Duration) {
            guard permit.epoch == self.epoch else { return }
            switch self.phase {
            case .closed:
                self.count(report, at: now, took: duration)
            case .open:
                preconditionFailure("a permit was given while open")
            case .halfOpen(var probes):
                guard let probe = permit.probe, probes.end(probe) else { return }
                switch report {
                case .abandoned:
                    self.phase = .halfOpen(probes)
                case .failed:
                    self.open(at: now)
                case .succeeded:
                    probes.successes += 1
                    self.phase = .halfOpen(probes)
                    if probes.successes >= max(1, self.settings.halfOpenProbes) {
                        self.close()
                    }
                }
            }
        }

        /// Takes that the upstream is well, as another than a call has found out: closed, and what was counted forgotten.
        mutating func recover() {
            switch self.phase {
            case .closed:
                self.failuresInARow = 0
                self.window.removeAll()
            case .open, .halfOpen: self.close()
            }
        }

        /// Keeps an open breaker open until a moment at least; another state stays as it is.
        mutating func hold(until moment: NIODeadline) {
            guard case .open(let until) = self.phase else { return }
            self.phase = .open(until: max(until, moment))
        }

        /// How long to wait before it is worth asking again; zero while closed.
        func retryAfter(at now: NIODeadline) -> Duration {
            switch self.phase {
            case .closed: .zero
            case .open(let until): max(.zero, now.duration(to: until))
            // A probe is under way: its end is near, or the next opening.
            case .halfOpen: min(self.settings.openTime, .seconds(1))
            }
        }
    }
}

extension CircuitBreaker.StateMachine {
    private mutating func count(_ report: CircuitBreaker.Report, at now: NIODeadline, took duration: Duration) {
        let isFailure: Bool
        switch report {
        case .abandoned: return
        case .succeeded: isFailure = false
        case .failed: isFailure = true
        }
        self.failuresInARow = isFailure ? self.failuresInARow + 1 : 0
        let isSlow = self.settings.slowCallDuration.map { duration >= $0 } ?? false
        self.window.count(at: now, isFailure: isFailure, isSlow: isSlow)
        if self.failuresInARow >= self.settings.consecutiveFailures || self.isOverRate {
            self.open(at: now)
        }
    }

    private var isOverRate: Bool {
        let counts = self.window.total
        guard counts.calls >= max(1, self.settings.minimumCalls) else { return false }
        let calls = Double(counts.calls)
        return Double(counts.failures) / calls >= self.settings.failureRate
            || (self.settings.slowCallDuration != nil && Double(counts.slow) / calls >= self.settings.slowCallRate)
    }

    private mutating func open(at now: NIODeadline) {
        var time = self.settings.openTime
        for _ in 0..<self.openings where time < self.settings.openTimeMax {
            time = time * 2
        }
        self.openings += 1
        self.enter(.open(until: now.advanced(by: min(time, self.settings.openTimeMax))))
    }

    private mutating func close() {
        self.openings = 0
        self.failuresInARow = 0
        self.window.removeAll()
        self.enter(.closed)
    }

    private mutating func enter(_ phase: Phase) {
        self.phase = phase
        self.epoch += 1
    }
}

extension CircuitBreaker.StateMachine.Probes {
    /// The number of a probe that may go now, or `nil` while as many are under way or done as are needed.
    fileprivate mutating func next(at now: NIODeadline, settings: CircuitBreakerSettings) -> UInt64? {
        let needed = max(1, settings.halfOpenProbes)
        if self.pending.count + self.successes >= needed {
            for (number, deadline) in self.pending where deadline <= now {
                self.pending[number] = nil
                self.lost.append(number)
            }
            self.lost.removeFirst(max(0, self.lost.count - CircuitBreaker.StateMachine.lostMax))
        }
        guard self.pending.count + self.successes < needed else { return nil }
        self.lastNumber += 1
        self.pending[self.lastNumber] = now.advanced(by: settings.probeTimeout)
        return self.lastNumber
    }

    /// - Returns: `false` where the probe was not under way.
    fileprivate mutating func end(_ number: UInt64) -> Bool {
        if self.pending.removeValue(forKey: number) != nil { return true }
        guard let index = self.lost.firstIndex(of: number) else { return false }
        self.lost.remove(at: index)
        return true
    }
}
