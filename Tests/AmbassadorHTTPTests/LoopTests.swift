import AmbassadorCore
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorHTTP

@Suite struct LoopTests {
    @Test("a task of a loop runs on it, after each wait too")
    func executor() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let task = Task(executorPreference: LoopExecutor(eventLoop)) {
            let before = eventLoop.inEventLoop
            await Task.detached {}.value
            let between = eventLoop.inEventLoop
            async let child = eventLoop.inEventLoop
            return await [before, between, child, eventLoop.inEventLoop]
        }
        #expect(await task.value == [true, true, true, true])
        try await group.shutdownGracefully()
    }

    @Test("an alarm of a loop rings on it once its moment has come, and not where it is cancelled before")
    func alarms() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let sleeper = Sleeper.alarms(on: group)
        let cancelled = OneShot<Bool>()
        let rang = OneShot<(NIODeadline, onLoop: Bool)>()
        let deadline = NIODeadline.now() + .milliseconds(40)
        let eventLoop = group.next()
        let alarm = try await eventLoop.submit {
            sleeper.alarm(at: .now() + .milliseconds(20)) { cancelled.deliver(true) }.cancel()
            return sleeper.alarm(at: deadline) { rang.deliver((.now(), onLoop: eventLoop.inEventLoop)) }
        }.get()
        let (moment, onLoop) = await rang.value()
        #expect(moment >= deadline && onLoop)
        alarm.cancel()
        cancelled.deliver(false)
        #expect(await cancelled.value() == false)
        try await group.shutdownGracefully()
    }
}
