import AmbassadorTesting
import Dispatch
import Synchronization
import Testing

@testable import AmbassadorCore

@Suite("Long work of callers")
struct CallerWorkTests {
    private static func party(_ name: String) -> CallerWork.Party {
        CallerWork.Party(tenant: .default, principal: name, address: nil)
    }

    private final class Count: Sendable {
        let value = Atomic(0)
    }

    /// Work whose only thread is held until it is let go.
    private final class Held: Sendable {
        let work = CallerWork(threadsMax: 1, waitingMax: 5, waitingOfPartyMax: 3)
        let done = Mutex<[String]>([])
        private let gate = DispatchSemaphore(value: 0)
        private let begun = OneShot<Void>()

        /// Holds the thread, and returns once it is held.
        func hold() async -> Task<Void, any Error> {
            let task = Task {
                try await self.work.run(for: CallerWorkTests.party("holder")) {
                    self.begun.deliver(())
                    self.gate.wait()
                }
            }
            await self.begun.value()
            return task
        }

        func letGo() { self.gate.signal() }

        /// Begins to wait for work, and returns once it waits.
        func enqueue(_ name: String, for party: String) async throws -> Task<Void, any Error> {
            let before = self.work.waiting
            let task = Task {
                try await self.work.run(for: CallerWorkTests.party(party)) { self.done.withLock { $0.append(name) } }
            }
            try await eventually { self.work.waiting == before + 1 }
            return task
        }
    }

    @Test("parties take turns, whoever of them has most to do")
    func turns() async throws {
        let held = Held()
        var tasks = [await held.hold()]
        for (name, party) in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")] {
            tasks.append(try await held.enqueue(name, for: party))
        }
        held.letGo()
        for task in tasks { try await task.value }
        #expect(held.done.withLock { $0 } == ["a1", "b1", "c1", "a2", "a3"])
    }

    @Test("what has no place is refused at once: of a party, and of all")
    func bounds() async throws {
        let held = Held()
        var tasks = [await held.hold()]
        for name in ["a1", "a2", "a3"] { tasks.append(try await held.enqueue(name, for: "a")) }
        await #expect(throws: CallerWork.NotDone.queueFull) { try await held.work.run(for: Self.party("a")) {} }
        for name in ["b1", "b2"] { tasks.append(try await held.enqueue(name, for: "b")) }
        await #expect(throws: CallerWork.NotDone.queueFull) { try await held.work.run(for: Self.party("c")) {} }
        held.letGo()
        for task in tasks { try await task.value }
        #expect(held.done.withLock { $0.count } == 5)
        try await held.work.run(for: Self.party("c")) {}
    }

    @Test("who leaves before the turn leaves nothing behind, and who leaves after it is waited for")
    func leaving() async throws {
        let held = Held()
        let first = await held.hold()
        let second = try await held.enqueue("second", for: "a")
        let third = try await held.enqueue("third", for: "b")
        second.cancel()
        await #expect(throws: CallerWork.NotDone.cancelled) { try await second.value }
        #expect(held.work.waiting == 1)
        first.cancel()
        held.letGo()
        try await first.value
        try await third.value
        #expect(held.done.withLock { $0 } == ["third"])
    }

    @Test("many works of many parties are each done once, on no thread of the waiting tasks")
    func many() async {
        let work = CallerWork(threadsMax: 3, waitingMax: 10_000, waitingOfPartyMax: 1_000)
        let count = Count()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let result = try? await work.run(for: Self.party("\(number % 7)")) {
                        count.value.wrappingAdd(1, ordering: .relaxed)
                        return number
                    }
                    #expect(result == number)
                }
            }
        }
        #expect(count.value.load(ordering: .relaxed) == 2_000)
        #expect(work.waiting == 0)
    }
}
