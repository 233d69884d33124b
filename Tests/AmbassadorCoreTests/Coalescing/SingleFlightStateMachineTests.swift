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
        #expect(machine.land(leader.flight).map(\.1) == [Share(wasShared: false, carriesCall: true)])
        #expect(machine.leave(leader) == nil)
        _ = machine.end(leader.flight)
        #expect(machine.flightCount == 0)
    }

    @Test("the call is the leader's, or where that one has left the first follower's, and nobody's where all have left")
    func carrier() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        for leavers in 0...3 {
            let flight = try self.lead(&machine, keepsRunning: true)
            let waiters = [flight, try self.follow(&machine), try self.follow(&machine)]
            for waiter in waiters.prefix(leavers) { #expect(machine.leave(waiter) != nil) }
            let shares = machine.land(flight.flight).map(\.1)
            #expect(shares.count == 3 - leavers)
            let carriers = shares.filter(\.carriesCall)
            #expect(carriers.map(\.wasShared) == (leavers == 3 ? [] : [leavers > 0]))
            _ = machine.end(flight.flight)
        }
    }

    @Test("a flight that has landed cannot be joined, and is under way until what it leaves behind is settled")
    func landed() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        let first = try self.lead(&machine)
        _ = machine.land(first.flight)
        #expect(machine.flightCount == 1)
        let second = try self.lead(&machine)
        #expect(machine.end(first.flight).isEmpty)
        #expect(machine.land(second.flight).count == 1)
        _ = machine.end(second.flight)
    }

    @Test("a task that is noted after everybody has left is to be cancelled")
    func attachedLate() throws {
        var machine = Machine(waitersMax: 10, backgroundMax: 1)
        let task = Task {}
        let leader = try self.lead(&machine)
        #expect(machine.attach(task, to: leader.flight) == nil)
        let leaving = machine.leave(leader)
        #expect(leaving?.givenUp == task)
        _ = machine.land(leader.flight)
        _ = machine.end(leader.flight)

        let hasty = try self.lead(&machine)
        #expect(machine.leave(hasty)?.givenUp == nil)
        #expect(machine.attach(task, to: hasty.flight) == task)
        _ = machine.land(hasty.flight)
        _ = machine.end(hasty.flight)
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
        #expect(machine.land(first.flight).isEmpty)
        _ = try self.follow(&machine)
        #expect(machine.land(second.flight).count == 2)
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
        for refresh in [first, second] { #expect(machine.land(refresh).isEmpty) }
        #expect(machine.end(first).isEmpty)
        #expect(machine.end(second).count == 1)
        #expect(machine.stopAwaitingEmpty(number) == nil)
    }
}
