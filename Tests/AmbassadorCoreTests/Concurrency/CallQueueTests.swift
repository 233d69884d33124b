import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct CallQueueTests {
    private static let busy = FlowName("busy")
    private static let rare = FlowName("rare")
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func deadline(_ seconds: Int) -> NIODeadline { self.now.advanced(by: .seconds(seconds)) }

    private func order(_ queue: CallQueue<String>, _ underWay: [FlowName?: Int] = [:]) -> [String] {
        var (queue, underWay, order) = (queue, underWay, [String]())
        while let (flow, waiter) = queue.popNext(beside: { underWay[$0] ?? 0 }) {
            underWay[flow, default: 0] += 1
            order.append(waiter.turn)
        }
        return order
    }

    @Test("a flow's calls go by their deadlines, and in order where these are equal")
    func deadlines() {
        var queue = CallQueue<String>(countMax: 10)
        for (turn, seconds) in [("a", 30), ("b", 30), ("urgent", 5), ("c", 30), ("soon", 6)] {
            _ = queue.insert(turn, of: Self.busy, deadline: self.deadline(seconds))
        }
        #expect(self.order(queue) == ["urgent", "soon", "a", "b", "c"])
    }

    @Test("the flow with the fewest calls under way goes first")
    func fairness() {
        var queue = CallQueue<String>(countMax: 10)
        for turn in ["b1", "b2", "b3"] { _ = queue.insert(turn, of: Self.busy, deadline: self.deadline(30)) }
        for turn in ["r1", "r2"] { _ = queue.insert(turn, of: Self.rare, deadline: self.deadline(30)) }
        #expect(self.order(queue) == ["b1", "r1", "b2", "r2", "b3"])
        #expect(self.order(queue, [Self.busy: 4]) == ["r1", "r2", "b1", "b2", "b3"])
    }

    @Test("a full queue makes room for a flow that has fewer in it")
    func eviction() {
        var queue = CallQueue<String>(countMax: 3)
        for turn in ["b1", "b2", "b3"] { _ = queue.insert(turn, of: Self.busy, deadline: self.deadline(30)) }
        #expect(queue.insert("b4", of: Self.busy, deadline: self.deadline(30)).number == nil)
        let rare = queue.insert("r1", of: Self.rare, deadline: self.deadline(30))
        #expect(rare.number != nil && rare.evicted == "b3")
        // Now it has as much as it may without taking more than the other.
        #expect(queue.insert("r2", of: Self.rare, deadline: self.deadline(30)).number == nil)
        #expect(queue.count == 3)
        #expect(self.order(queue) == ["b1", "r1", "b2"])
    }

    @Test("who leaves is not given a turn, and leaves once")
    func leaving() {
        var queue = CallQueue<String>(countMax: 3)
        let number = queue.insert("a", of: nil, deadline: self.deadline(30)).number
        _ = queue.insert("b", of: nil, deadline: self.deadline(30))
        #expect(number.flatMap { queue.remove($0, of: nil) } == "a")
        #expect(number.flatMap { queue.remove($0, of: nil) } == nil)
        #expect(queue.count == 1)
        #expect(self.order(queue) == ["b"])
    }
}
