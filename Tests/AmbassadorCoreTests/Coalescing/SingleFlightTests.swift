import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct SingleFlightTests {
    struct Failure: Error, Equatable {
        let number: Int
    }

    typealias Flights = SingleFlight<Int, Failure>

    /// An operation whose end the test chooses, and which tells of its task's cancellation.
    private final class Scripted: Sendable {
        let begun = Counter()
        let outcome = OneShot<Result<Int, Failure>>()
        let cancelled = OneShot<Void>()

        @Sendable func run() async throws(Failure) -> Int {
            self.begun.increment()
            let result = await withTaskCancellationHandler {
                await self.outcome.value()
            } onCancel: {
                self.cancelled.deliver(())
            }
            return try result.get()
        }
    }

    private let clock = MockClock()
    private let key = CacheKey.sample(1)

    private func flights(waitersMax: Int = 1000, backgroundMax: Int = 64) -> Flights {
        Flights(waitersMax: waitersMax, backgroundMax: backgroundMax, sleeper: self.clock.sleeper)
    }

    /// Begins to wait, and returns once the wait has begun.
    private func land(
        _ flights: Flights,
        _ scripted: Scripted,
        key: CacheKey? = nil,
        within patience: Duration = .seconds(30),
        keepsRunning: Bool = true
    ) async -> Task<Flights.Landing, Never> {
        let timers = self.clock.timerCount
        let deadline = self.clock.now.advanced(by: patience)
        let task = Task {
            await flights.land(key ?? self.key, deadline: deadline, keepsRunning: keepsRunning, operation: scripted.run)
        }
        await self.clock.waitForTimers(timers + 1)
        return task
    }

    @Test("a thousand followers and their leader are one operation, and one follower more is turned away")
    func coalescing() async {
        let flights = self.flights(waitersMax: 1000)
        let scripted = Scripted()
        let deadline = self.clock.now.advanced(by: .seconds(30))
        let landings = await withTaskGroup(of: Flights.Landing.self) { group in
            for _ in 0..<1001 {
                group.addTask {
                    await flights.land(self.key, deadline: deadline, keepsRunning: true, operation: scripted.run)
                }
            }
            await self.clock.waitForTimers(1001)
            let late = await flights.land(self.key, deadline: deadline, keepsRunning: true, operation: scripted.run)
            #expect(late.isTooManyWaiters)
            scripted.outcome.deliver(.success(7))
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(landings.count { $0.isDone(7, wasShared: false) } == 1)
        #expect(landings.count { $0.isDone(7, wasShared: true) } == 1000)
        #expect(scripted.begun.value == 1)
        #expect(flights.flightCount == 0)
    }

    @Test("a place that a follower leaves may be taken by another")
    func placesComeFree() async {
        let flights = self.flights(waitersMax: 1)
        let scripted = Scripted()
        let leader = await self.land(flights, scripted)
        let follower = await self.land(flights, scripted)
        follower.cancel()
        #expect(await follower.value.isCancelled)
        // The leader's place is not a follower's.
        leader.cancel()
        #expect(await leader.value.isCancelled)
        let other = await self.land(flights, scripted)
        let late = await flights.land(self.key, deadline: .distantFuture, keepsRunning: true, operation: scripted.run)
        #expect(late.isTooManyWaiters)
        scripted.outcome.deliver(.success(7))
        #expect(await other.value.isDone(7, wasShared: true))
    }

    @Test("different keys are different operations")
    func keys() async {
        let flights = self.flights()
        let first = Scripted()
        let second = Scripted()
        let one = await self.land(flights, first, key: .sample(1, scope: 1))
        let other = await self.land(flights, second, key: .sample(1, scope: 2))
        first.outcome.deliver(.success(1))
        second.outcome.deliver(.success(2))
        #expect(await one.value.isDone(1, wasShared: false))
        #expect(await other.value.isDone(2, wasShared: false))
    }

    @Test("a leader that is cancelled leaves its followers their answer")
    func leaderCancelled() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted, keepsRunning: false)
        let follower = await self.land(flights, scripted, keepsRunning: false)
        leader.cancel()
        #expect(await leader.value.isCancelled)
        scripted.outcome.deliver(.success(7))
        #expect(await follower.value.isDone(7, wasShared: true))
        #expect(scripted.begun.value == 1)
    }

    @Test("a follower that is cancelled or waits too long takes nobody with it")
    func followersLeave() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted, keepsRunning: false)
        let hasty = await self.land(flights, scripted, within: .seconds(5), keepsRunning: false)
        let cancelled = await self.land(flights, scripted, keepsRunning: false)
        cancelled.cancel()
        #expect(await cancelled.value.isCancelled)
        self.clock.advance(by: .seconds(5))
        #expect(await hasty.value.isWaitedTooLong)
        scripted.outcome.deliver(.success(7))
        #expect(await leader.value.isDone(7, wasShared: false))
        #expect(self.clock.timerCount == 0)
    }

    @Test("a leader that is stuck keeps nobody beyond his own deadline")
    func stuck() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted, within: .seconds(10))
        let follower = await self.land(flights, scripted, within: .seconds(20))
        self.clock.advance(by: .seconds(10))
        #expect(await leader.value.isWaitedTooLong)
        self.clock.advance(by: .seconds(10))
        #expect(await follower.value.isWaitedTooLong)
        #expect(flights.flightCount == 1)
        scripted.outcome.deliver(.success(7))
        #expect(await flights.drain())
    }

    @Test("everybody gets the failure, and nobody tries again")
    func failure() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted)
        let follower = await self.land(flights, scripted)
        scripted.outcome.deliver(.failure(Failure(number: 5)))
        #expect(await leader.value.isFailed(5, wasShared: false))
        #expect(await follower.value.isFailed(5, wasShared: true))
        #expect(scripted.begun.value == 1)
        let next = Scripted()
        let later = await self.land(flights, next)
        next.outcome.deliver(.success(6))
        #expect(await later.value.isDone(6, wasShared: false))
    }

    @Test("an operation whose answer is not kept ends with the last who waits, and the next caller begins another")
    func givenUp() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted, keepsRunning: false)
        let follower = await self.land(flights, scripted, within: .seconds(5), keepsRunning: false)
        leader.cancel()
        #expect(await leader.value.isCancelled)
        self.clock.advance(by: .seconds(5))
        #expect(await follower.value.isWaitedTooLong)
        await scripted.cancelled.value()
        let next = Scripted()
        let later = await self.land(flights, next)
        #expect(flights.flightCount == 2)
        scripted.outcome.deliver(.failure(Failure(number: 1)))
        next.outcome.deliver(.success(8))
        #expect(await later.value.isDone(8, wasShared: false))
        #expect(await flights.drain())
    }

    @Test("an operation whose answer is kept goes on when all have left, and the next caller joins it")
    func keepsRunning() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted, keepsRunning: false)
        let follower = await self.land(flights, scripted, keepsRunning: true)
        leader.cancel()
        follower.cancel()
        #expect(await leader.value.isCancelled)
        #expect(await follower.value.isCancelled)
        let next = Scripted()
        let later = await self.land(flights, next, keepsRunning: false)
        scripted.outcome.deliver(.success(7))
        #expect(await later.value.isDone(7, wasShared: true))
        #expect(next.begun.value == 0)
    }

    @Test("a task that is cancelled already begins nothing")
    func cancelledBefore() async {
        let flights = self.flights()
        let scripted = Scripted()
        let gate = OneShot<Void>()
        let task = Task {
            await gate.value()
            return await flights.land(self.key, deadline: .distantFuture, keepsRunning: true, operation: scripted.run)
        }
        task.cancel()
        gate.deliver(())
        #expect(await task.value.isCancelled)
        #expect(scripted.begun.value == 0)
        #expect(flights.flightCount == 0)
    }

    @Test("what is stored is asked for only where nothing is under way, and then nothing is begun")
    func stored() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted)
        let timers = self.clock.timerCount
        let follower = Task {
            await flights.land(
                self.key,
                unless: { true },
                deadline: self.clock.now.advanced(by: .seconds(30)),
                keepsRunning: true,
                operation: scripted.run
            )
        }
        await self.clock.waitForTimers(timers + 1)
        scripted.outcome.deliver(.success(7))
        #expect(await leader.value.isDone(7, wasShared: false))
        #expect(await follower.value.isDone(7, wasShared: true))
        let late = await flights.land(
            self.key,
            unless: { true },
            deadline: .distantFuture,
            keepsRunning: true,
            operation: scripted.run
        )
        guard case .stored = late else {
            Issue.record("\(late)")
            return
        }
        #expect(scripted.begun.value == 1 && flights.flightCount == 0)
    }

    @Test("one refresh a key, so many at once, and none after the shutdown")
    func background() async {
        let flights = self.flights(backgroundMax: 2)
        let scripted = (0..<4).map { _ in Scripted() }
        #expect(flights.refreshInBackground(.sample(1), operation: scripted[0].run))
        #expect(!flights.refreshInBackground(.sample(1), operation: scripted[0].run))
        #expect(flights.refreshInBackground(.sample(2), operation: scripted[1].run))
        #expect(!flights.refreshInBackground(.sample(3), operation: scripted[2].run))
        // A caller joins a refresh, and his leaving does not end it.
        let follower = await self.land(flights, scripted[3], key: .sample(1), keepsRunning: false)
        let leaver = await self.land(flights, scripted[3], key: .sample(2), keepsRunning: false)
        leaver.cancel()
        #expect(await leaver.value.isCancelled)
        scripted[0].outcome.deliver(.success(7))
        #expect(await follower.value.isDone(7, wasShared: true))
        #expect(flights.refreshInBackground(.sample(3), operation: scripted[2].run))
        flights.shutDown()
        scripted[1].outcome.deliver(.failure(Failure(number: 1)))
        scripted[2].outcome.deliver(.success(3))
        #expect(await flights.drain())
        #expect(!flights.refreshInBackground(.sample(4), operation: scripted[3].run))
        #expect(scripted[3].begun.value == 0)
        let foreground = await self.land(flights, scripted[3], key: .sample(4))
        scripted[3].outcome.deliver(.success(4))
        #expect(await foreground.value.isDone(4, wasShared: false))
    }

    @Test("no refresh begins while the key's operation is under way for a caller")
    func backgroundBehindForeground() async {
        let flights = self.flights()
        let scripted = Scripted()
        let leader = await self.land(flights, scripted)
        #expect(!flights.refreshInBackground(self.key, operation: scripted.run))
        scripted.outcome.deliver(.success(7))
        #expect(await leader.value.isDone(7, wasShared: false))
        #expect(scripted.begun.value == 1)
    }

    @Test("a drain waits for the last operation, and gives up at its deadline")
    func drain() async {
        let flights = self.flights()
        #expect(await flights.drain())
        let scripted = Scripted()
        flights.refreshInBackground(self.key, operation: scripted.run)
        let deadline = self.clock.now.advanced(by: .seconds(10))
        async let hasty = flights.drain(until: deadline)
        async let patient = flights.drain()
        await self.clock.waitForTimers(1)
        self.clock.advance(by: .seconds(10))
        #expect(await !hasty)
        flights.cancelAll()
        await scripted.cancelled.value()
        scripted.outcome.deliver(.failure(Failure(number: 0)))
        #expect(await patient)
        #expect(flights.flightCount == 0)
    }

    @Test("in ten thousand rounds of callers that come, leave and run late, everybody lands and nothing is left")
    func stress() async {
        let flights = Flights(waitersMax: 3, backgroundMax: 2, sleeper: .system)
        let begun = Counter()
        let ended = Counter()
        let claimed = Counter()
        let unclaimed: Flights.Unclaimed = { _ in claimed.increment() }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<1250 {
                        let choice = generator.next()
                        let key = CacheKey.sample(choice % 3)
                        let deadline: NIODeadline = choice >> 8 & 7 == 0 ? .distantPast : .distantFuture
                        let operation: Flights.Operation = { () async throws(Failure) in
                            begun.increment()
                            for _ in 0..<(choice >> 16 & 3) { await Task.yield() }
                            ended.increment()
                            if choice >> 24 & 3 == 0 { throw Failure(number: Int(choice % 3)) }
                            return Int(choice % 3)
                        }
                        if choice >> 32 & 15 == 0 {
                            flights.refreshInBackground(key, unclaimed: unclaimed, operation: operation)
                        }
                        let task = Task {
                            await flights.land(
                                key,
                                deadline: deadline,
                                keepsRunning: choice >> 40 & 1 == 0,
                                unclaimed: unclaimed,
                                operation: operation
                            )
                        }
                        if choice >> 48 & 3 == 0 { task.cancel() }
                        switch await task.value {
                        case .done(let value, let share):
                            #expect(value == Int(choice % 3))
                            if share.carriesCall { claimed.increment() }
                        case .failed(let failure, let share):
                            #expect(failure.number == Int(choice % 3))
                            if share.carriesCall { claimed.increment() }
                        case .waitedTooLong: #expect(deadline == .distantPast)
                        case .cancelled: #expect(choice >> 48 & 3 == 0)
                        case .stored, .tooManyWaiters: break
                        }
                    }
                }
            }
        }
        #expect(await flights.drain())
        #expect(flights.flightCount == 0)
        #expect(begun.value == ended.value)
        #expect(claimed.value == ended.value, "each operation is one caller's, or nobody's")
        #expect(begun.value > 1000)
    }
}

extension SingleFlight<Int, SingleFlightTests.Failure>.Landing {
    fileprivate func isDone(_ number: Int, wasShared: Bool) -> Bool {
        guard case .done(number, let share) = self else { return false }
        return share.wasShared == wasShared
    }

    fileprivate func isFailed(_ number: Int, wasShared: Bool) -> Bool {
        guard case .failed(let failure, let share) = self else { return false }
        return failure.number == number && share.wasShared == wasShared
    }

    fileprivate var isCancelled: Bool {
        guard case .cancelled = self else { return false }
        return true
    }

    fileprivate var isWaitedTooLong: Bool {
        guard case .waitedTooLong = self else { return false }
        return true
    }

    fileprivate var isTooManyWaiters: Bool {
        guard case .tooManyWaiters = self else { return false }
        return true
    }
}
