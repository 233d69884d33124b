import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct ConcurrencyLimitTests {
    private let clock = MockClock()

    private func wait(
        for limit: ConcurrencyLimit,
        within patience: Duration = .seconds(10)
    ) async -> Task<ConcurrencyLimit.Outcome, Never> {
        let timers = self.clock.timerCount
        let deadline = self.clock.now.advanced(by: patience)
        let task = Task { await limit.acquire(deadline: deadline) }
        await self.clock.waitForTimers(timers + 1)
        return task
    }

    @Test("the limit and the queue hold as many as they may, and one more is turned away at once")
    func bounds() async {
        let limit = ConcurrencyLimit(limit: 64, queueMax: 256, sleeper: self.clock.sleeper)
        for _ in 0..<64 {
            #expect(await limit.acquire(deadline: .distantPast) == .acquired)
        }
        var waiting: [Task<ConcurrencyLimit.Outcome, Never>] = []
        for _ in 0..<256 {
            waiting.append(await self.wait(for: limit))
        }
        #expect(limit.inFlight == 64)
        #expect(limit.queued == 256)
        #expect(await limit.acquire(deadline: .distantFuture) == .queueFull)
        for _ in 0..<320 {
            limit.release()
        }
        for task in waiting {
            #expect(await task.value == .acquired)
        }
        #expect(limit.inFlight == 0)
        #expect(limit.queued == 0)
    }

    @Test("without a queue nobody waits")
    func noQueue() async {
        let limit = ConcurrencyLimit(limit: 1, queueMax: 0, sleeper: self.clock.sleeper)
        #expect(await limit.acquire(deadline: .distantFuture) == .acquired)
        #expect(await limit.acquire(deadline: .distantFuture) == .queueFull)
        limit.release()
        #expect(await limit.acquire(deadline: .distantFuture) == .acquired)
    }

    @Test("who waits longest goes next")
    func fairness() async {
        let limit = ConcurrencyLimit(limit: 1, queueMax: 10, sleeper: self.clock.sleeper)
        #expect(await limit.acquire(deadline: .distantFuture) == .acquired)
        var waiting: [Task<ConcurrencyLimit.Outcome, Never>] = []
        for _ in 0..<5 {
            waiting.append(await self.wait(for: limit))
        }
        for (index, task) in waiting.enumerated() {
            limit.release()
            #expect(await task.value == .acquired)
            // The others wait on: nobody was passed.
            #expect(limit.queued == 4 - index)
            #expect(limit.inFlight == 1)
        }
    }

    @Test("who is cancelled or waits too long leaves the queue, and his turn goes to the next")
    func leaving() async {
        let limit = ConcurrencyLimit(limit: 1, queueMax: 10, sleeper: self.clock.sleeper)
        #expect(await limit.acquire(deadline: .distantFuture) == .acquired)
        let cancelled = await self.wait(for: limit)
        let hasty = await self.wait(for: limit, within: .seconds(1))
        let patient = await self.wait(for: limit)
        cancelled.cancel()
        #expect(await cancelled.value == .cancelled)
        self.clock.advance(by: .seconds(1))
        #expect(await hasty.value == .timedOut)
        #expect(limit.queued == 1)
        limit.release()
        #expect(await patient.value == .acquired)
        limit.release()
        #expect(limit.inFlight == 0)
        #expect(self.clock.timerCount == 0)
    }

    @Test("a deadline that is past waits for nothing")
    func past() async {
        let limit = ConcurrencyLimit(limit: 1, queueMax: 1, sleeper: .system)
        #expect(await limit.acquire(deadline: .distantPast) == .acquired)
        #expect(await limit.acquire(deadline: .distantPast) == .timedOut)
        #expect(limit.queued == 0)
    }

    @Test("a task that is cancelled already takes no place")
    func cancelledBefore() async {
        let limit = ConcurrencyLimit(limit: 1, queueMax: 1, sleeper: self.clock.sleeper)
        let gate = OneShot<Void>()
        let task = Task {
            await gate.value()
            return await limit.acquire(deadline: .distantFuture)
        }
        task.cancel()
        gate.deliver(())
        #expect(await task.value == .cancelled)
        #expect(limit.inFlight == 0)
    }

    @Test("in random races of releases, cancellations and deadlines no place is lost and the limit holds")
    func stress() async {
        let limit = ConcurrencyLimit(limit: 3, queueMax: 4, sleeper: .system)
        let within = Counter()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<12 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<500 {
                        let choice = generator.next()
                        let task = Task {
                            let outcome = await limit.acquire(
                                deadline: choice & 7 == 0 ? .distantPast : .distantFuture
                            )
                            guard outcome == .acquired else { return }
                            within.increment()
                            #expect(within.value <= 3)
                            for _ in 0..<(choice >> 8 & 3) { await Task.yield() }
                            within.decrement()
                            limit.release()
                        }
                        if choice >> 16 & 3 == 0 { task.cancel() }
                        await task.value
                    }
                }
            }
        }
        #expect(limit.inFlight == 0)
        #expect(limit.queued == 0)
        for _ in 0..<3 {
            #expect(await limit.acquire(deadline: .distantPast) == .acquired)
        }
        #expect(await limit.acquire(deadline: .distantPast) == .timedOut)
    }
}
