import AmbassadorTesting
import Logging
import NIOCore

@testable import AmbassadorCore

/// LangFlow in outages of three kinds, a flow that is well and asked once a second, one that always times out, and in every second
/// seed one that always loses its connection; real breakers and the real judge of health on a clock of the simulation's.
struct OutageSimulation {
    private enum Condition {
        case well
        case refusing
        case hanging
        case gatewayErrors
    }

    private struct Call {
        let flow: Flow
        let permits: CallPermits
        let startedAt: NIODeadline
        var endsAt: NIODeadline
        var error: FetchError?
    }

    private static let tick = Duration.milliseconds(50)
    /// Recovery and the reading that finds it.
    private static let recoveryTime = Duration.seconds(2)

    let echo: Flow
    private let slow: Flow
    private let losing: Flow?
    private let breaker: CircuitBreaker
    private let health: UpstreamHealth
    private let clock = MockClock()
    private var generator: SeededGenerator
    private var condition = Condition.well
    private var changesAt: NIODeadline
    private var wellSince: NIODeadline
    private var calls: [Call] = []
    private var probe: (endsAt: NIODeadline, reading: HealthReading)?
    private var latestQuestion = NIODeadline.distantPast
    private var latestTrouble = NIODeadline.distantPast

    private(set) var answered = 0
    /// Calls of the healthy flow that were refused though LangFlow had been well for the time that recovery may take.
    private(set) var refusedThoughWell = 0
    private(set) var pausesBelowASecond = 0
    private(set) var questionsWithoutCause = 0
    private(set) var callsSpent = 0
    private(set) var openingsOfEcho = 0
    private(set) var hasOpenedSlow = false

    /// A flow that loses connections may cost the others a second now and then: until a reading says that LangFlow is well.
    var refusalsAllowed: Int { self.losing == nil ? 0 : 10 }

    init(seed: UInt64) {
        let registry = MetricRegistry()
        self.generator = SeededGenerator(seed: seed)
        self.echo = Self.flow("echo", timeout: .seconds(8), registry)
        self.slow = Self.flow("slow", timeout: .seconds(2), registry)
        self.losing = seed.isMultiple(of: 2) ? Self.flow("losing", timeout: .seconds(8), registry) : nil
        self.breaker = CircuitBreaker(settings: CircuitBreakerSettings())
        self.health = UpstreamHealth(
            breaker: self.breaker,
            source: ScriptedHealthSource(),
            metrics: registry,
            clocks: self.clock.clocks,
            sleeper: self.clock.sleeper,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        self.wellSince = self.clock.now
        self.changesAt = self.clock.now.advanced(by: .seconds(30))
    }

    private static func flow(_ name: String, timeout: Duration, _ registry: MetricRegistry) -> Flow {
        guard let name = FlowName(name) else { preconditionFailure("a name of the test's is one") }
        return Flow(
            name: name,
            settings: .cached { $0.timeout = timeout },
            breaker: CircuitBreaker(settings: CircuitBreakerSettings()),
            metrics: FlowMetrics(label: name.description, registry: registry),
            sessions: SessionHabits(label: name.description, registry: registry)
        )
    }

    mutating func run(for length: Duration) {
        let ticks = Int(length / Self.tick)
        for number in 0..<ticks {
            self.clock.advance(by: Self.tick)
            self.change()
            self.endCalls()
            self.probeIfDue()
            if number.isMultiple(of: 20) { self.begin(self.echo) }
            if number.isMultiple(of: 4) { self.begin(self.slow) }
            if let losing, number.isMultiple(of: 3) { self.begin(losing) }
            if self.echo.breaker.state != .closed { self.openingsOfEcho += 1 }
            if self.slow.breaker.state != .closed { self.hasOpenedSlow = true }
        }
    }

    private mutating func change() {
        let now = self.clock.now
        guard now >= self.changesAt else { return }
        if case .well = self.condition {
            self.condition = [.refusing, .hanging, .gatewayErrors].randomElement(using: &self.generator) ?? .refusing
            self.changesAt = now.advanced(by: .milliseconds(Int64.random(in: 200...60_000, using: &self.generator)))
        } else {
            // What hung is answered now.
            if case .hanging = self.condition { self.release(at: now) }
            self.condition = .well
            self.wellSince = now
            self.changesAt = now.advanced(by: .seconds(Int64.random(in: 5...60, using: &self.generator)))
        }
    }

    private mutating func release(at now: NIODeadline) {
        for index in self.calls.indices where self.calls[index].flow === self.echo {
            self.calls[index].endsAt = min(self.calls[index].endsAt, now)
            if self.calls[index].endsAt == now { self.calls[index].error = nil }
        }
    }

    private mutating func begin(_ flow: Flow) {
        let now = self.clock.now
        guard let permits = self.health.permit(flow, at: now) else {
            if flow === self.echo, self.isWell(at: now) { self.refusedThoughWell += 1 }
            return
        }
        if permits.upstream.isProbe { self.callsSpent += 1 }
        let (error, took) = self.outcome(of: flow)
        let call = Call(
            flow: flow,
            permits: permits,
            startedAt: now,
            endsAt: now.advanced(by: took),
            error: error
        )
        self.calls.append(call)
    }

    private func isWell(at now: NIODeadline) -> Bool {
        guard case .well = self.condition else { return false }
        return self.wellSince.duration(to: now) > Self.recoveryTime
    }

    private func outcome(of flow: Flow) -> (FetchError?, Duration) {
        switch self.condition {
        case .refusing: (.unreachable(UpstreamCause(.refused)), .milliseconds(1))
        case .hanging: (.timeout, flow.settings.timeout)
        case .gatewayErrors: (.status(502, message: nil), .milliseconds(5))
        case .well where flow === self.slow: (.timeout, flow.settings.timeout)
        case .well where flow === self.echo: (nil, .milliseconds(80))
        case .well: (.connectionLost(UpstreamCause(.closed)), .milliseconds(20))
        }
    }

    private mutating func endCalls() {
        let now = self.clock.now
        for call in self.calls where call.endsAt <= now {
            if call.error == nil { self.answered += 1 } else { self.latestTrouble = now }
            let end = CallEnd(
                error: call.error,
                startedAt: call.startedAt,
                endedAt: now,
                took: call.startedAt.duration(to: now),
                hadItsTime: true
            )
            self.health.report(end, of: call.flow, call.permits)
        }
        self.calls.removeAll { $0.endsAt <= now }
    }

    private mutating func probeIfDue() {
        let now = self.clock.now
        if let probe, probe.endsAt <= now {
            self.probe = nil
            if probe.reading != .healthy { self.latestTrouble = now }
            self.health.take(probe.reading)
        }
        guard self.probe == nil, case .probe = self.health.next() else { return }
        if self.latestQuestion.duration(to: now) < .seconds(1) { self.pausesBelowASecond += 1 }
        let isIdle = self.breaker.state == .closed && self.latestTrouble.duration(to: now) > .seconds(3)
        if isIdle { self.questionsWithoutCause += 1 }
        self.latestQuestion = now
        let (reading, took): (HealthReading, Duration) =
            switch self.condition {
            case .well: (.healthy, .milliseconds(30))
            case .refusing: (.unhealthy("no connection"), .milliseconds(1))
            case .hanging: (.unhealthy("no answer"), .seconds(2))
            case .gatewayErrors: (.unhealthy("an answer with status 502"), .milliseconds(5))
            }
        self.probe = (now.advanced(by: took), reading)
    }
}
