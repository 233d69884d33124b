import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct CircuitBreakerTests {
    enum Step: Sendable {
        case succeed
        case slow
        case fail
        case abandon
        /// The breaker refuses.
        case refused
        case wait(Int)
    }

    private let clock = MockClock()

    private func run(_ steps: [Step], on breaker: CircuitBreaker) -> CircuitBreaker.State {
        for step in steps {
            let now = self.clock.now
            switch step {
            case .wait(let seconds):
                self.clock.advance(by: .seconds(seconds))
            case .refused:
                #expect(breaker.permit(at: now) == nil)
            case .succeed, .slow, .fail, .abandon:
                guard let permit = breaker.permit(at: now) else {
                    Issue.record("refused at \(step)")
                    continue
                }
                switch step {
                case .succeed: breaker.succeeded(permit, at: now, took: .seconds(1))
                case .slow: breaker.succeeded(permit, at: now, took: .seconds(10))
                case .fail: breaker.failed(permit, at: now, took: .seconds(1))
                default: breaker.abandoned(permit, at: now)
                }
            }
        }
        return breaker.state
    }

    private static let ten = Array(repeating: Step.succeed, count: 10)
    private static let dead = Array(repeating: Step.fail, count: 5)
    static let transitions: [(String, [Step], CircuitBreaker.State)] = [
        ("new", [], .closed),
        ("successes", ten, .closed),
        ("four failures", [.fail, .fail, .fail, .fail], .closed),
        ("five failures in a row", dead, .open),
        ("a success between", [.succeed] + Array(repeating: .fail, count: 3), .closed),
        ("half of six", [.fail, .succeed, .fail, .succeed, .succeed, .fail], .open),
        ("under half of seven", [.succeed, .fail, .succeed, .fail, .succeed, .succeed, .fail], .closed),
        ("five in a row after many successes", ten + ten + dead, .open),
        ("four in a row after many successes", ten + [.fail, .fail, .fail, .fail], .closed),
        ("failures that are far apart", [.fail, .wait(70), .fail, .wait(70), .fail, .wait(70), .fail], .closed),
        (
            "five in a row that are far apart",
            [.fail, .wait(70), .fail, .wait(70), .fail, .wait(70), .fail, .wait(70), .fail], .open
        ),
        ("abandoned calls say nothing", Array(repeating: .abandon, count: 50), .closed),
        ("abandoned calls between failures", [.fail, .abandon, .fail, .fail, .abandon, .fail, .fail], .open),
        ("slow calls", Array(repeating: .slow, count: 5), .open),
        ("fewer slow calls than the rate", [.succeed, .slow, .slow, .slow, .slow, .slow], .closed),
        ("open refuses", dead + [.refused, .wait(4), .refused], .open),
        ("open until its time", dead + [.wait(5), .abandon], .halfOpen),
        ("a probe that succeeds", dead + [.wait(5), .succeed], .closed),
        ("a probe that is slow", dead + [.wait(5), .slow], .closed),
        ("a probe that fails", dead + [.wait(5), .fail, .refused], .open),
        ("a probe that is abandoned makes room", dead + [.wait(5), .abandon, .abandon, .succeed], .closed),
        ("the open time doubles", dead + [.wait(5), .fail, .wait(9), .refused, .wait(1), .succeed], .closed),
        ("closed is clean", dead + [.wait(5), .succeed, .fail, .fail, .fail, .fail], .closed),
    ]

    @Test("each way leads to its state", arguments: transitions)
    func transition(name: String, steps: [Step], expected: CircuitBreaker.State) {
        var settings = CircuitBreakerSettings()
        settings.slowCallDuration = .seconds(10)
        settings.slowCallRate = 0.9
        #expect(self.run(steps, on: CircuitBreaker(settings: settings)) == expected, "\(name)")
    }

    @Test("slow calls count for nothing unless it is set from when on a call is slow")
    func slowOff() {
        let breaker = CircuitBreaker(settings: .init())
        #expect(self.run(Array(repeating: .slow, count: 50), on: breaker) == .closed)
    }

    @Test("the open time grows to its bound and starts anew after a close")
    func growth() {
        let breaker = CircuitBreaker(settings: .init())
        #expect(breaker.retryAfter(at: self.clock.now) == .zero)
        var times: [Duration] = []
        _ = self.run(Self.dead, on: breaker)
        for _ in 0..<7 {
            let time = breaker.retryAfter(at: self.clock.now)
            times.append(time)
            self.clock.advance(by: time - .nanoseconds(1))
            #expect(breaker.permit(at: self.clock.now) == nil)
            self.clock.advance(by: .nanoseconds(1))
            #expect(self.run([.fail], on: breaker) == .open)
        }
        #expect(times == [5, 10, 20, 40, 60, 60, 60].map { Duration.seconds($0) })
        self.clock.advance(by: .seconds(60))
        #expect(self.run([.succeed] + Self.dead, on: breaker) == .open)
        #expect(breaker.retryAfter(at: self.clock.now) == .seconds(5))
    }

    @Test("exactly as many probes go as are set, out of a thousand arrivals at once", arguments: 1...10)
    func probes(count: Int) async {
        var settings = CircuitBreakerSettings()
        settings.halfOpenProbes = count
        for _ in 0..<20 {
            let breaker = CircuitBreaker(settings: settings)
            _ = self.run(Self.dead, on: breaker)
            let now = self.clock.now.advanced(by: .seconds(5))
            let permits = await withTaskGroup(of: [CircuitBreaker.Permit].self) { group in
                for _ in 0..<8 {
                    group.addTask { (0..<125).compactMap { _ in breaker.permit(at: now) } }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(permits.count == count)
            #expect(permits.allSatisfy { $0.isProbe })
            for permit in permits.dropLast() {
                breaker.succeeded(permit, at: now, took: .zero)
                #expect(breaker.permit(at: now) == nil)
            }
            #expect(breaker.state == .halfOpen)
            for permit in permits.suffix(1) {
                #expect(breaker.succeeded(permit, at: now, took: .zero) == .closed)
            }
            #expect(breaker.permit(at: now)?.isProbe == false)
        }
    }

    @Test("a probe that never reports is taken for lost, and what it reports after all still counts")
    func lostProbe() throws {
        let breaker = CircuitBreaker(settings: .init())
        _ = self.run(Self.dead + [.wait(5)], on: breaker)
        let lost = try #require(breaker.permit(at: self.clock.now))
        self.clock.advance(by: .seconds(59))
        #expect(breaker.permit(at: self.clock.now) == nil)
        self.clock.advance(by: .seconds(1))
        let second = try #require(breaker.permit(at: self.clock.now))
        #expect(breaker.permit(at: self.clock.now) == nil)
        #expect(breaker.succeeded(lost, at: self.clock.now, took: .seconds(61)) == .closed)
        #expect(breaker.failed(second, at: self.clock.now, took: .seconds(1)) == nil)
        #expect(breaker.state == .closed)
    }

    @Test("however many probes are lost, one more may always go, and one success closes")
    func manyLost() {
        let breaker = CircuitBreaker(settings: .init())
        _ = self.run(Self.dead + [.wait(5)], on: breaker)
        for _ in 0..<1000 {
            #expect(breaker.permit(at: self.clock.now) != nil)
            self.clock.advance(by: .seconds(60))
        }
        #expect(self.run([.succeed], on: breaker) == .closed)
    }

    @Test("a probe counts once, however often it is reported")
    func reportedTwice() throws {
        var settings = CircuitBreakerSettings()
        settings.halfOpenProbes = 2
        let breaker = CircuitBreaker(settings: settings)
        _ = self.run(Self.dead + [.wait(5)], on: breaker)
        let permit = try #require(breaker.permit(at: self.clock.now))
        for _ in 0..<5 {
            breaker.succeeded(permit, at: self.clock.now, took: .zero)
        }
        breaker.abandoned(permit, at: self.clock.now)
        #expect(breaker.failed(permit, at: self.clock.now, took: .zero) == nil)
        #expect(breaker.state == .halfOpen)
    }

    @Test("reports from an earlier state are ignored")
    func lateReports() throws {
        let breaker = CircuitBreaker(settings: .init())
        let early = try (0..<10).map { _ in try #require(breaker.permit(at: self.clock.now)) }
        _ = self.run(Self.dead, on: breaker)
        // While open: no success closes it.
        #expect(breaker.succeeded(early[0], at: self.clock.now, took: .zero) == nil)
        #expect(breaker.state == .open)
        self.clock.advance(by: .seconds(5))
        let probe = try #require(breaker.permit(at: self.clock.now))
        // While half open: neither closes nor opens it, nor frees a probe's place.
        breaker.succeeded(early[1], at: self.clock.now, took: .zero)
        breaker.failed(early[2], at: self.clock.now, took: .zero)
        breaker.abandoned(early[3], at: self.clock.now)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.permit(at: self.clock.now) == nil)
        breaker.succeeded(probe, at: self.clock.now, took: .zero)
        // Closed again: the failures of before do not open it.
        for permit in early[4...] {
            breaker.failed(permit, at: self.clock.now, took: .zero)
        }
        #expect(breaker.state == .closed)
        #expect(self.run([.fail, .fail, .fail, .fail], on: breaker) == .closed)
    }

    @Test("a report says which state it led to")
    func reportedState() throws {
        let breaker = CircuitBreaker(settings: .init())
        let states = try (0..<5).map { _ in
            breaker.failed(try #require(breaker.permit(at: self.clock.now)), at: self.clock.now, took: .zero)
        }
        #expect(states == [nil, nil, nil, nil, .open])
    }

    @Test("steps of the wall clock change nothing", arguments: [-86_400, -3600, 3600, 86_400])
    func wallClock(step: Int) {
        let breaker = CircuitBreaker(settings: .init())
        _ = self.run(Self.dead, on: breaker)
        self.clock.stepWall(by: .seconds(step))
        #expect(breaker.permit(at: self.clock.clocks.now()) == nil)
        #expect(breaker.retryAfter(at: self.clock.clocks.now()) == .seconds(5))
        self.clock.advanceMonotonic(by: .seconds(5))
        #expect(breaker.permit(at: self.clock.clocks.now()) != nil)
    }

    @Test("in random races with lost, late and abandoned probes it always closes within two intervals once all succeed")
    func neverStuck() async {
        var settings = CircuitBreakerSettings()
        settings.halfOpenProbes = 3
        for round in 0..<50 {
            let breaker = CircuitBreaker(settings: settings)
            let start = self.clock.now
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(round * 4 + worker))
                        for step in 0..<200 {
                            let now = start.advanced(by: .seconds(step))
                            guard let permit = breaker.permit(at: now) else { continue }
                            switch generator.next() % 4 {
                            case 0: breaker.succeeded(permit, at: now, took: .zero)
                            case 1: breaker.failed(permit, at: now, took: .zero)
                            case 2: breaker.abandoned(permit, at: now)
                            default: break
                            }
                        }
                    }
                }
            }
            var now = start.advanced(by: .seconds(200))
            for _ in 0..<2 {
                now = now.advanced(by: max(breaker.retryAfter(at: now), settings.probeTimeout))
                while breaker.state != .closed, let permit = breaker.permit(at: now) {
                    breaker.succeeded(permit, at: now, took: .zero)
                }
            }
            #expect(breaker.state == .closed)
        }
    }

    @Test("another than the calls closes an open or half open breaker, and has a closed one forget")
    func recovery() {
        let breaker = CircuitBreaker(settings: CircuitBreakerSettings())
        #expect(self.run([.fail, .fail, .fail, .fail], on: breaker) == .closed)
        #expect(breaker.recover() == nil)
        #expect(self.run([.fail, .fail, .fail, .fail], on: breaker) == .closed)
        #expect(self.run([.fail, .refused], on: breaker) == .open)
        #expect(breaker.recover() == .closed)
        #expect(self.run(Self.dead + [.wait(5)], on: breaker) == .open)
        let probe = breaker.permit(at: self.clock.now)
        #expect(probe?.isProbe == true && breaker.state == .halfOpen)
        #expect(breaker.recover() == .closed)
        // What the probe says now comes from an earlier state.
        if let probe { #expect(breaker.failed(probe, at: self.clock.now, took: .zero) == nil) }
        #expect(self.run([.fail, .fail, .fail, .fail], on: breaker) == .closed)
    }

    @Test("an open breaker is kept open as long as it is told to be, and no other is opened by that")
    func hold() {
        let breaker = CircuitBreaker(settings: CircuitBreakerSettings())
        breaker.hold(until: self.clock.now.advanced(by: .seconds(60)))
        #expect(self.run(Self.dead, on: breaker) == .open)
        breaker.hold(until: self.clock.now.advanced(by: .seconds(20)))
        #expect(self.run([.wait(19), .refused], on: breaker) == .open)
        breaker.hold(until: self.clock.now)
        #expect(self.run([.wait(1), .succeed], on: breaker) == .closed)
    }
}
