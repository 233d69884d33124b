import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Crowds before a LangFlow with one worker, at the same seeds in each run: with the limit never fewer are answered than directly.
@Suite struct LoadSimulationTests {
    private static func flow(_ name: String) -> FlowName {
        guard let name = FlowName(name) else { preconditionFailure("a name of the test's is one") }
        return name
    }

    private static let echo = Self.flow("echo")
    private static let model = Self.flow("model")

    private static func work(processor: Duration, waiting: Duration = .zero) -> LoadSimulation.Work {
        LoadSimulation.Work(processor: processor, waiting: waiting, timeout: .seconds(30))
    }

    private static func burst(
        _ count: Int,
        of flow: FlowName,
        _ work: LoadSimulation.Work,
        at time: Duration = .zero
    ) -> [LoadSimulation.Arrival] {
        (0..<count).map { _ in LoadSimulation.Arrival(at: time, flow: flow, work: work) }
    }

    private static func steady(
        every pause: Duration,
        for length: Duration,
        of flow: FlowName,
        _ work: LoadSimulation.Work
    ) -> [LoadSimulation.Arrival] {
        (0..<Int(length / pause)).map { LoadSimulation.Arrival(at: pause * $0, flow: flow, work: work) }
    }

    private static func simulate(
        _ arrivals: [LoadSimulation.Arrival],
        _ bounds: AdaptiveLimit.Bounds?,
        for length: Duration,
        seed: UInt64
    ) -> LoadSimulation {
        var simulation = LoadSimulation(bounds, seed: seed)
        simulation.run(arrivals, for: length)
        return simulation
    }

    @Test(
        "150 questions at once: never fewer answered than directly, none blamed",
        arguments: [90, 120, 140, 200],
        1...5
    )
    func burst(milliseconds: Int, seed: UInt64) {
        let arrivals = Self.burst(150, of: Self.echo, Self.work(processor: .milliseconds(milliseconds)))
        let directly = Self.simulate(arrivals, nil, for: .seconds(40), seed: seed)
        let limited = Self.simulate(arrivals, .auto, for: .seconds(40), seed: seed)
        #expect(limited.answeredCount >= directly.answeredCount)
        // Five in a row would open the flow's breaker.
        #expect(limited.blamedTimeouts < 5)
    }

    @Test("150 runs that wait for a model at once are not held back for long", arguments: [2, 10, 18], 1...5)
    func modelBurst(seconds: Int, seed: UInt64) {
        let work = Self.work(processor: .milliseconds(20), waiting: .seconds(seconds))
        let arrivals = Self.burst(150, of: Self.model, work)
        let directly = Self.simulate(arrivals, nil, for: .seconds(60), seed: seed)
        let limited = Self.simulate(arrivals, .auto, for: .seconds(60), seed: seed)
        #expect(limited.answeredCount >= directly.answeredCount)
        #expect(limited.lastAnswerAt <= directly.lastAnswerAt + .seconds(8))
    }

    @Test("the limit finds the few calls that a busy worker does well, and stays there", arguments: 1...5)
    func convergence(seed: UInt64) {
        let work = Self.work(processor: .milliseconds(100))
        // Quiet at first, then twice of what LangFlow can do.
        let quiet = Self.steady(every: .milliseconds(500), for: .seconds(20), of: Self.echo, work)
        let busy = Self.steady(every: .milliseconds(50), for: .seconds(100), of: Self.echo, work)
        let arrivals = quiet + busy.map { .init(at: $0.at + .seconds(20), flow: $0.flow, work: $0.work) }
        let directly = Self.simulate(arrivals, nil, for: .seconds(150), seed: seed)
        let limited = Self.simulate(arrivals, .auto, for: .seconds(150), seed: seed)
        #expect(limited.answeredCount >= directly.answeredCount)
        let settled = limited.limits[200..<400]
        #expect(settled.allSatisfy { (4...24).contains($0) }, "\(settled.min() ?? 0) to \(settled.max() ?? 0)")
        #expect(limited.timedOut == 0)
    }

    @Test("a short flow is answered beside a slow one that takes every place", arguments: 1...5)
    func mixed(seed: UInt64) {
        let model = Self.work(processor: .milliseconds(5), waiting: .seconds(12))
        let slow = Self.steady(every: .milliseconds(100), for: .seconds(90), of: Self.model, model)
        let short = Self.steady(
            every: .seconds(1),
            for: .seconds(90),
            of: Self.echo,
            Self.work(processor: .milliseconds(80))
        )
        let directly = Self.simulate(slow + short, nil, for: .seconds(130), seed: seed)
        let limited = Self.simulate(slow + short, .auto, for: .seconds(130), seed: seed)
        #expect(limited.answered[Self.echo] == short.count)
        #expect(limited.answeredCount >= directly.answeredCount)
    }

    @Test("a flow that never answers in time narrows nobody's way", arguments: 1...5)
    func oneFlowHangs(seed: UInt64) {
        let hanging = LoadSimulation.Work(processor: .milliseconds(1), waiting: .seconds(5), timeout: .seconds(2))
        let bad = Self.steady(every: .milliseconds(200), for: .seconds(60), of: Self.model, hanging)
        let good = Self.steady(
            every: .seconds(1),
            for: .seconds(60),
            of: Self.echo,
            Self.work(processor: .milliseconds(80))
        )
        let limited = Self.simulate(bad + good, .auto, for: .seconds(100), seed: seed)
        #expect(limited.answered[Self.echo] == good.count)
        // The breaker of the flow must get to know of them.
        #expect(limited.blamedTimeouts == limited.timedOut && limited.timedOut > 200)
    }

    @Test(
        "a provider that becomes twelve times slower at once costs little until the limit is given back",
        arguments: 1...5
    )
    func slowerProvider(seed: UInt64) {
        let quick = Self.work(processor: .milliseconds(5), waiting: .milliseconds(800))
        let slow = Self.work(processor: .milliseconds(5), waiting: .seconds(10))
        let before = Self.steady(every: .milliseconds(200), for: .seconds(60), of: Self.model, quick)
        let after = Self.steady(every: .milliseconds(500), for: .seconds(120), of: Self.model, slow)
        let arrivals = before + after.map { .init(at: $0.at + .seconds(60), flow: $0.flow, work: $0.work) }
        let directly = Self.simulate(arrivals, nil, for: .seconds(220), seed: seed)
        let limited = Self.simulate(arrivals, .auto, for: .seconds(220), seed: seed)
        #expect(limited.answeredCount * 10 >= directly.answeredCount * 9)
    }
}
