import AmbassadorTesting
import NIOCore

@testable import AmbassadorCore

/// A LangFlow with one worker whose calls share its processor, and callers with a deadline; with a limit before it, or directly.
struct LoadSimulation {
    /// What a run of a flow needs.
    struct Work {
        /// Of the processor, which all that run share.
        let processor: Duration
        /// Of waiting for others, such as a language model, which costs nothing.
        let waiting: Duration
        let timeout: Duration
    }

    struct Arrival {
        let at: Duration
        let flow: FlowName
        let work: Work
    }

    private struct Run {
        let flow: FlowName
        let startedAt: Duration
        let deadline: Duration
        var processorLeft: Duration
        var waitingLeft: Duration
        var isGivenUp = false
    }

    private struct Waiting {
        let flow: FlowName
        let work: Work
        let deadline: Duration
    }

    private static let tick = Duration.milliseconds(10)
    private static let watchPause = Duration.milliseconds(250)
    /// What each run under way takes of the processor for itself, as a share of the whole.
    private static let overhead = 0.004

    /// `nil` asks LangFlow directly.
    private var limit: ConcurrencyLimit.StateMachine<Int>?
    private var callers: [Int: Waiting] = [:]
    private var numbers: [Int: UInt64] = [:]
    private var runs: [Run] = []
    private var now = Duration.zero
    private var generator: SeededGenerator

    private(set) var answered: [FlowName: Int] = [:]
    private(set) var refused = 0
    /// Calls that LangFlow got and did not answer in time.
    private(set) var timedOut = 0
    /// The same, where the limit did not say that it was by our own load.
    private(set) var blamedTimeouts = 0
    private(set) var limits: [Int] = []
    private(set) var lastAnswerAt = Duration.zero

    init(_ bounds: AdaptiveLimit.Bounds?, queueMax: Int = 256, seed: UInt64) {
        self.limit = bounds.map { ConcurrencyLimit.StateMachine($0, queueMax: queueMax) }
        self.generator = SeededGenerator(seed: seed)
    }

    var answeredCount: Int { self.answered.values.reduce(0, +) }

    mutating func run(_ arrivals: [Arrival], for length: Duration) {
        var next = 0
        let arrivals = arrivals.sorted { $0.at < $1.at }
        var watchedAt = Duration.zero
        while self.now < length {
            while next < arrivals.count, arrivals[next].at <= self.now {
                self.arrive(arrivals[next], number: next)
                next += 1
            }
            self.work()
            self.endRuns()
            self.leaveQueue()
            if self.now - watchedAt >= Self.watchPause {
                watchedAt = self.now
                let moment = self.moment
                if let turns = self.limit?.look(at: moment) { self.take(turns) }
                if let limit { self.limits.append(limit.limit) }
            }
            self.now += Self.tick
        }
    }

    private var moment: NIODeadline { .uptimeNanoseconds(1_000_000_000_000).advanced(by: self.now) }

    private mutating func arrive(_ arrival: Arrival, number: Int) {
        let caller = Waiting(flow: arrival.flow, work: arrival.work, deadline: self.now + arrival.work.timeout)
        guard self.limit != nil else { return self.start(caller) }
        let moment = self.moment
        let deadline = moment.advanced(by: arrival.work.timeout)
        switch self.limit?.acquire(number, for: arrival.flow, deadline: deadline, at: moment) {
        case .acquired: self.start(caller)
        case .queued(let place, let evicted):
            self.callers[number] = caller
            self.numbers[number] = place
            if let evicted {
                self.callers[evicted] = nil
                self.refused += 1
            }
        case .queueFull, nil: self.refused += 1
        }
    }

    private mutating func start(_ caller: Waiting) {
        // No two runs take the same.
        let factor = Double.random(in: 0.7...1.3, using: &self.generator)
        self.runs.append(
            Run(
                flow: caller.flow,
                startedAt: self.now,
                deadline: caller.deadline,
                processorLeft: caller.work.processor * factor,
                waitingLeft: caller.work.waiting * factor
            )
        )
    }

    /// Gives every run its part of the processor, or of its waiting, which comes first.
    private mutating func work() {
        let working = self.runs.count { $0.waitingLeft <= .zero }
        let efficiency = 1 / (1 + Self.overhead * Double(self.runs.count))
        let share = Self.tick * (efficiency / Double(max(1, working)))
        for index in self.runs.indices {
            if self.runs[index].waitingLeft > .zero {
                self.runs[index].waitingLeft -= Self.tick
            } else {
                self.runs[index].processorLeft -= share
            }
        }
    }

    private mutating func endRuns() {
        var ended: [(run: Run, isTimeout: Bool)] = []
        for index in self.runs.indices {
            if self.runs[index].waitingLeft <= .zero, self.runs[index].processorLeft <= .zero {
                if !self.runs[index].isGivenUp { ended.append((self.runs[index], false)) }
            } else if !self.runs[index].isGivenUp, self.runs[index].deadline <= self.now {
                // LangFlow goes on with it.
                self.runs[index].isGivenUp = true
                ended.append((self.runs[index], true))
            }
        }
        self.runs.removeAll { $0.waitingLeft <= .zero && $0.processorLeft <= .zero }
        for (run, isTimeout) in ended {
            if isTimeout {
                self.timedOut += 1
                if self.limit?.isOverloading != true { self.blamedTimeouts += 1 }
            } else {
                self.answered[run.flow, default: 0] += 1
                self.lastAnswerAt = self.now
            }
            let moment = self.moment
            let sample = CallSample(took: self.now - run.startedAt, isTimeout: isTimeout)
            if let turns = self.limit?.release(of: run.flow, sample, at: moment) { self.take(turns) }
        }
    }

    private mutating func take(_ turns: ConcurrencyLimit.StateMachine<Int>.Turns) {
        for (number, outcome) in turns {
            guard let caller = self.callers.removeValue(forKey: number) else { continue }
            if outcome == .acquired { self.start(caller) } else { self.refused += 1 }
        }
    }

    private mutating func leaveQueue() {
        for (number, caller) in self.callers where caller.deadline <= self.now {
            self.callers[number] = nil
            if let place = self.numbers[number] { _ = self.limit?.leave(place, of: caller.flow) }
            self.refused += 1
        }
    }
}
