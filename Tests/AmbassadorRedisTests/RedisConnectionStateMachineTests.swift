import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite struct RedisConnectionStateMachineTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func machine() -> RedisConnection.StateMachine {
        RedisConnection.StateMachine(
            backoff: Backoff(base: .milliseconds(50), delayMax: .seconds(2)),
            deniedDelay: .seconds(30),
            settledAfter: .seconds(2)
        )
    }

    @Test("there is one probe at a time")
    func oneProbe() {
        var machine = self.machine()
        let isFirstWanted = machine.connect()
        #expect(isFirstWanted)
        let isSecondWanted = machine.connect()
        #expect(!isSecondWanted)
        _ = machine.ready(at: Self.start)
        let isThirdWanted = machine.connect()
        #expect(!isThirdWanted)
        _ = machine.ended(.peerClosed, at: Self.start, random: 0.5)
        let isNextWanted = machine.connect()
        #expect(isNextWanted)
    }

    @Test("pauses double up to their ceiling")
    func pauses() {
        var machine = self.machine()
        var pauses: [TimeAmount] = []
        for _ in 0..<8 {
            _ = machine.connect()
            if case .after(let pause) = machine.ended(.timedOut, at: Self.start, random: 0.5) { pauses.append(pause) }
        }
        #expect(pauses == [25, 50, 100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
    }

    @Test("a Redis that greets and then fails at once is not asked faster; one that was up for a while is")
    func settling() {
        var machine = self.machine()
        var pause = RedisConnection.StateMachine.Retry.never
        for _ in 0..<4 {
            _ = machine.connect()
            _ = machine.ready(at: Self.start)
            pause = machine.ended(.timedOut, at: Self.start + .milliseconds(60), random: 0.5)
        }
        #expect(pause == .after(.milliseconds(200)))
        _ = machine.connect()
        _ = machine.ready(at: Self.start)
        let settled = machine.ended(.timedOut, at: Self.start + .seconds(2), random: 0.5)
        #expect(settled == .after(.milliseconds(25)))
    }

    @Test("a denial is retried slowly")
    func denial() {
        var machine = self.machine()
        _ = machine.connect()
        let retry = machine.ended(.denied(.wrongPassword), at: Self.start, random: 0)
        #expect(retry == .after(.seconds(15)))
    }

    @Test("one that is stopped stays so")
    func stopping() {
        var machine = self.machine()
        _ = machine.connect()
        machine.stop()
        let isWanted = machine.ready(at: Self.start)
        #expect(!isWanted)
        let retry = machine.ended(.stopped, at: Self.start, random: 0.5)
        #expect(retry == .never)
        let isConnecting = machine.connect()
        #expect(!isConnecting)
        #expect(machine.isStopped)
    }

    @Test("jitter covers everything from nearly nothing to the ceiling", arguments: [0, 0.001, 0.5, 0.999])
    func jitter(random: Double) {
        var backoff = Backoff(base: .milliseconds(50), delayMax: .seconds(2))
        for _ in 0..<40 {
            let pause = backoff.next(random: random)
            #expect(pause >= .milliseconds(5) && pause <= .seconds(2))
        }
    }

    @Test("a budget gives exactly what it has, by number and by bytes")
    func budget() {
        let budget = CommandBudget(commandsMax: 2, bytesMax: 10)
        #expect(budget.take(bytes: 5))
        #expect(!budget.take(bytes: 6))
        #expect(budget.take(bytes: 5))
        #expect(!budget.take(bytes: 0))
        budget.give(bytes: 5)
        #expect(budget.take(bytes: 5))
        #expect(budget.underWay == 2)
    }
}
