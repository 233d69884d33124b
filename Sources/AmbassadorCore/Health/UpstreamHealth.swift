package import Logging
import NIOCore
import Synchronization

/// Tells LangFlow's own failures from those of single flows, and asks LangFlow for its health while something fails.
///
/// A flow that times out or gives errors counts for that flow's breaker alone. LangFlow's breaker opens by connections that fail,
/// by a gateway's errors and by questions for its health that are not answered; an answered one closes it, so that no caller's
/// request is spent on finding out. Without a source of health, calls find out, as with a flow's breaker.
package final class UpstreamHealth: Sendable {
    struct Timeout: Sendable {
        let flow: Flow
        let permit: CircuitBreaker.Permit
        let took: Duration
    }

    private struct State {
        var machine = StateMachine<Timeout>()
        /// The prober, where it waits for something to do.
        var sleeping: OneShot<Void>?
        /// Why LangFlow's health was found bad; `nil` once it was found good.
        var unhealthy: String?
        var latestLabel = ""
    }

    /// How long calls are kept from probing by themselves after an unhealthy reading: longer than the next reading takes.
    private static let holdTime = Duration.seconds(10)

    private let source: (any HealthSource)?
    /// LangFlow's own.
    private let breaker: CircuitBreaker
    private let clocks: Clocks
    private let sleeper: Sleeper
    private let readings: [String: Counter]
    private let failures: CallFailures
    private let upstream: String
    private let logger: Logger
    private let state = Mutex(State())

    package init(
        breaker: CircuitBreaker,
        source: (any HealthSource)?,
        upstream: String = "",
        metrics registry: MetricRegistry,
        clocks: Clocks,
        sleeper: Sleeper,
        logger: Logger
    ) {
        self.source = source
        self.breaker = breaker
        self.clocks = clocks
        self.sleeper = sleeper
        self.readings = Dictionary(
            uniqueKeysWithValues: [HealthReading.healthy, .unhealthy(""), .unusable("")].map {
                ($0.label, registry.counter(.upstreamHealthProbes, ("result", $0.label)))
            }
        )
        self.failures = CallFailures(upstream: upstream, metrics: registry, logger: logger)
        self.upstream = upstream
        self.logger = logger
    }

    /// What is wrong with LangFlow, from the first failure on; `nil` while nothing speaks against it.
    ///
    /// It names no host and shows nothing of what was received.
    package var complaint: String? {
        let (outage, misanswer) = self.failures.current
        let failure = outage?.phrase ?? self.state.withLock { $0.unhealthy }
        guard self.breaker.state == .closed else {
            let reason = failure ?? misanswer?.phrase
            return "LangFlow does not answer; its breaker is open" + (reason.map { " (\($0))" } ?? "")
        }
        if let failure { return "LangFlow may be away: \(failure)" }
        return misanswer.map { "LangFlow is not reached: \($0.phrase)" }
    }

    /// What has opened LangFlow's breaker, or that of a flow; `nil` while both are closed, or where calls were slow.
    func openBecause(_ flow: Flow) -> UpstreamFault? {
        if self.breaker.state != .closed { return self.failures.current.outage ?? self.failures.latest }
        return flow.breaker.state == .closed ? nil : flow.latestFailure
    }

    /// Whether calls of a flow are refused for what became of earlier ones, but for those that find out.
    func isAway(for flow: Flow) -> Bool { self.breaker.state != .closed || flow.breaker.state != .closed }

    /// Asks for a call.
    ///
    /// - Returns: `nil` while the flow's breaker or LangFlow's forbids it.
    func permit(_ flow: Flow, at now: NIODeadline) -> CallPermits? {
        // The flow's comes first: LangFlow's permit, not used, would have to be given back.
        guard let flowPermit = flow.breaker.permit(at: now) else { return nil }
        guard let permit = self.breaker.permit(at: now) else {
            flow.breaker.abandoned(flowPermit, at: now)
            self.tell { $0.callRefused() }
            return nil
        }
        return CallPermits(flow: flowPermit, upstream: permit)
    }

    /// Whether the breakers still let a call go that has waited since it got its permits.
    func stillPermits(_ permits: CallPermits, _ flow: Flow) -> Bool {
        (permits.flow.isProbe || flow.breaker.state == .closed)
            && (permits.upstream.isProbe || self.breaker.state == .closed)
    }

    /// Gives permits back of a call that was not made.
    func abandon(_ permits: CallPermits, _ flow: Flow, at now: NIODeadline) {
        flow.breaker.abandoned(permits.flow, at: now)
        self.breaker.abandoned(permits.upstream, at: now)
    }

    /// Tells the breakers of the flow and of LangFlow what became of a call.
    func report(_ end: CallEnd, of flow: Flow, _ permits: CallPermits) {
        if let error = end.error { self.failures.note(error, of: flow, at: end.endedAt, hadItsTime: end.hadItsTime) }
        self.reportFlow(end, of: flow, permits.flow)
        let isFailure: Bool
        switch BreakerVerdict.upstream(end.error) {
        case .abandoned:
            return self.breaker.abandoned(permits.upstream, at: end.endedAt)
        case .succeeded:
            let (settled, isSuspected) = self.tell { ($0.callAnswered(at: end.endedAt), $0.isSuspected) }
            self.settle(settled)
            // While something speaks against it, its health is asked for and says.
            self.failures.noteAnswer(isWell: self.source == nil || !isSuspected)
            isFailure = false
        case .failed:
            let isUnreachable = if case .unreachable? = end.error { true } else { false }
            isFailure = self.tell { $0.callFailed(withoutConnection: isUnreachable, at: end.endedAt) }
            guard isFailure else { return self.breaker.abandoned(permits.upstream, at: end.endedAt) }
        }
        let change =
            isFailure
            ? self.breaker.failed(permits.upstream, at: end.endedAt, took: end.took)
            : self.breaker.succeeded(permits.upstream, at: end.endedAt, took: end.took)
        if let change { self.changed(to: change, because: end.error?.cause?.text, of: flow) }
    }

    private func reportFlow(_ end: CallEnd, of flow: Flow, _ permit: CircuitBreaker.Permit) {
        let verdict = BreakerVerdict.flow(end.error, hadItsTime: end.hadItsTime)
        guard case .timeout = end.error, verdict == .failed, self.source != nil else {
            return self.tell(of: flow, verdict, permit, at: end.endedAt, took: end.took, end.error?.cause?.text)
        }
        let timeout = Timeout(flow: flow, permit: permit, took: end.took)
        self.settle(self.tell { $0.callTimedOut(timeout, startedAt: end.startedAt, at: end.endedAt) })
    }

    private func settle(_ settled: StateMachine<Timeout>.Settled) {
        guard !settled.timeouts.isEmpty else { return }
        let now = self.clocks.now()
        for timeout in settled.timeouts {
            self.tell(
                of: timeout.flow,
                settled.isFlowToBlame ? .failed : .abandoned,
                timeout.permit,
                at: now,
                took: timeout.took,
                UpstreamCause(.timeout).text
            )
        }
    }

    /// Tells the machine something, and wakes the prober where it has something to do earlier than it knew.
    private func tell<Value>(_ change: (inout StateMachine<Timeout>) -> Value) -> Value {
        let (value, sleeping) = self.state.withLock { state -> (Value, OneShot<Void>?) in
            let due = state.machine.due
            let value = change(&state.machine)
            return (value, state.machine.due < due ? state.sleeping.take() : nil)
        }
        sleeping?.deliver(())
        return value
    }

    private func changed(to state: CircuitBreaker.State, because reason: String?, of flow: Flow? = nil) {
        var metadata: Logger.Metadata = [LogKeys.breaker: "\(state.rawValue)", LogKeys.upstream: "\(self.upstream)"]
        if state == .closed {
            self.tell { $0.breakerClosed() }
            return self.logger.notice("LangFlow's circuit breaker closed", metadata: metadata)
        }
        self.tell { $0.breakerOpened() }
        // Calls find out by themselves only where no reading comes.
        if self.source != nil { self.breaker.hold(until: self.clocks.now().advanced(by: Self.holdTime)) }
        metadata[LogKeys.reason] = "\(reason ?? "")"
        if let flow { metadata[LogKeys.flow] = "\(flow.name)" }
        self.logger.warning("LangFlow's circuit breaker opened", metadata: metadata)
    }

    /// Tells a flow's breaker what became of a call.
    private func tell(
        of flow: Flow,
        _ verdict: BreakerVerdict,
        _ permit: CircuitBreaker.Permit,
        at now: NIODeadline,
        took: Duration,
        _ reason: String?
    ) {
        let change: CircuitBreaker.State?
        switch verdict {
        case .succeeded: change = flow.breaker.succeeded(permit, at: now, took: took)
        case .failed: change = flow.breaker.failed(permit, at: now, took: took)
        case .abandoned: return flow.breaker.abandoned(permit, at: now)
        }
        guard let change else { return }
        self.logger.log(
            level: change == .closed ? .notice : .warning,
            change == .closed ? "a flow's circuit breaker closed" : "a flow's circuit breaker opened",
            metadata: [
                LogKeys.flow: "\(flow.name)", LogKeys.upstream: "\(self.upstream)",
                LogKeys.breaker: "\(change.rawValue)",
                LogKeys.reason: "\(reason ?? "")",
            ]
        )
    }
}

/// The prober.
extension UpstreamHealth {
    /// Whether there is anything to ask; without it ``run()`` returns at once.
    package var canAsk: Bool { self.source != nil }

    /// Asks for LangFlow's health whenever it is due, until its task is cancelled.
    package func run() async {
        guard let source else { return }
        while !Task.isCancelled {
            let sleeping = OneShot<Void>()
            switch self.next(orSleepingOn: sleeping) {
            case .probe: self.take(await source.health())
            case .wait(let moment):
                await sleeping.value(until: moment, sleeper: self.sleeper) { _ in sleeping.deliver(()) }
            }
        }
    }

    /// What there is to do now; where there is nothing, `sleeping` is delivered as soon as there is something earlier than said.
    func next(orSleepingOn sleeping: OneShot<Void>? = nil) -> StateMachine<Timeout>.Step {
        self.state.withLock { state in
            let step = state.machine.next(at: self.clocks.now())
            if case .wait = step { state.sleeping = sleeping }
            return step
        }
    }

    /// Takes what a question for the health brought; `nil` where nothing was learned.
    func take(_ reading: HealthReading?) {
        let now = self.clocks.now()
        let (judgement, settled) = self.state.withLock { state in
            let end = state.machine.end(reading, at: now)
            if end.judgement == .unhealthy, let reading { state.unhealthy = reading.reason }
            return end
        }
        if let reading { self.tell(of: reading) }
        self.settle(settled)
        switch judgement {
        case .nothing: break
        case .healthy:
            if let change = self.breaker.recover() { self.changed(to: change, because: nil) }
        case .unhealthy:
            self.breaker.hold(until: now.advanced(by: Self.holdTime))
            guard self.breaker.state == .closed, let permit = self.breaker.permit(at: now) else { break }
            let change = self.breaker.failed(permit, at: now, took: .zero)
            if let change { self.changed(to: change, because: "its health: \(reading?.reason ?? "")") }
        }
        let isSuspected = self.state.withLock { state in
            if !state.machine.isSuspected { state.unhealthy = nil }
            return state.machine.isSuspected
        }
        if !isSuspected { self.failures.forgetOutage() }
    }

    private func tell(of reading: HealthReading) {
        self.readings[reading.label]?.increment()
        let isNew = self.state.withLock { state in
            defer { state.latestLabel = reading.label }
            return state.latestLabel != reading.label
        }
        guard isNew, case .unusable(let reason) = reading else { return }
        self.logger.warning(
            "upstream.health_path says nothing of LangFlow's health; callers' requests will find out when it is back",
            metadata: [LogKeys.reason: "\(reason)"]
        )
    }
}

extension HealthReading {
    fileprivate var reason: String {
        switch self {
        case .healthy: ""
        case .unhealthy(let reason), .unusable(let reason): reason
        }
    }
}
