import Testing

@testable import AmbassadorCore

@Suite struct SingleFlightStateMachineTests {
    private typealias Machine = SingleFlight<Int, Never>.StateMachine
    private typealias Arrival = OneShot<SingleFlight<Int, Never>.Landing>

    private let key = CacheKey.sample(1)

    private func lead(_ machine: inout Machine, keepsRunning: Bool = false) throws -> SingleFlight<Int, Never>.WaiterID
    {
        guard case .lead(let leader) = machine.join(self.key, arrival: Arrival(), keepsRunning: keepsRunning) else {
            throw Surprise()
        }
        return leader
    }

    private func follow(_ machine: inout Machine) throws -> SingleFlight<Int, Never>.WaiterID {
        guard case .wait(let follower) = machine.join(self.key, arrival: Arrival(), keepsRunning: false) else {
            throw Surprise()
        }
        return follower
    }

    private struct Surprise: Error {}

    @Test("who has left is not among those who land, and leaves once")
    func leaving() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        let leader = try self.lead(&machine)
        let follower = try self.follow(&machine)
        #expect(machine.leave(follower) != nil)
        #expect(machine.leave(follower) == nil)
        let (waiters, _) = machine.finish(leader.flight)
        #expect(waiters.map(\.isFollower) == [false])
        #expect(machine.leave(leader) == nil)
    }

    @Test("a task that is noted after everybody has left is to be cancelled")
    func attachedLate() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        let task = Task {}
        let leader = try self.lead(&machine)
        #expect(machine.attach(task, to: leader.flight) == nil)
        let leaving = machine.leave(leader)
        #expect(leaving?.givenUp == task)
        _ = machine.finish(leader.flight)

        let hasty = try self.lead(&machine)
        #expect(machine.leave(hasty)?.givenUp == nil)
        #expect(machine.attach(task, to: hasty.flight) == task)
        _ = machine.finish(hasty.flight)
        #expect(machine.attach(task, to: hasty.flight) == nil)
        #expect(machine.flightCount == 0)
    }

    @Test("a flight that was given up ends without touching the one that followed it")
    func successor() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        let first = try self.lead(&machine)
        _ = machine.leave(first)
        let second = try self.lead(&machine)
        #expect(first.flight != second.flight)
        #expect(machine.finish(first.flight).waiters.isEmpty)
        _ = try self.follow(&machine)
        #expect(machine.finish(second.flight).waiters.count == 2)
    }

    @Test("only the last flight's end ends a drain")
    func draining() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 2)
        let drained = OneShot<Bool>()
        #expect(machine.awaitEmpty(drained) == nil)
        let refreshes = (machine.beginRefresh(of: .sample(1)), machine.beginRefresh(of: .sample(2)))
        let first = try #require(refreshes.0)
        let second = try #require(refreshes.1)
        #expect(machine.beginRefresh(of: .sample(3)) == nil)
        let awaiting = machine.awaitEmpty(drained)
        let number = try #require(awaiting)
        #expect(machine.finish(first).drains.isEmpty)
        #expect(machine.finish(second).drains.count == 1)
        #expect(machine.stopAwaitingEmpty(number) == nil)
    }
}
