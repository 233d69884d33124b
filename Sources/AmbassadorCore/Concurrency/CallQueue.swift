import DequeModule
import NIOCore

/// The calls that wait for a place, by flow and deadline; without lock and clock.
///
/// A flow's calls go in the order of their deadlines. Among flows the one goes next of which the fewest calls are under way, then the
/// one whose call waits longest: a flow that is called a lot, or slowly, waits for itself.
struct CallQueue<Turn: Sendable>: Sendable {
    struct Waiter: Sendable {
        let number: UInt64
        let deadline: NIODeadline
        let turn: Turn
    }

    private let countMax: Int
    private var waiters: [FlowName?: Deque<Waiter>] = [:]
    private var lastNumber: UInt64 = 0
    private(set) var count = 0

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Has a call wait.
    ///
    /// - Returns: the call's number, `nil` where there is no room for it; and the call that gives way to it, which is the last of the
    ///   flow that has most in a full queue.
    mutating func insert(_ turn: Turn, of flow: FlowName?, deadline: NIODeadline) -> (number: UInt64?, evicted: Turn?) {
        var evicted: Turn?
        if self.count >= self.countMax {
            guard let longest = self.waiters.max(by: { $0.value.count < $1.value.count }),
                longest.value.count > (self.waiters[flow]?.count ?? 0) + 1
            else { return (nil, nil) }
            evicted = self.waiters[longest.key]?.popLast()?.turn
            self.count -= 1
        }
        self.lastNumber += 1
        var queue = self.waiters.removeValue(forKey: flow) ?? []
        var index = queue.endIndex
        // Nearly always none: calls of a flow have one timeout.
        while index > queue.startIndex, queue[index - 1].deadline > deadline { index -= 1 }
        queue.insert(Waiter(number: self.lastNumber, deadline: deadline, turn: turn), at: index)
        self.waiters[flow] = queue
        self.count += 1
        return (self.lastNumber, evicted)
    }

    /// Takes the call that goes next; `underWay` is how many of each flow's calls are.
    mutating func popNext(beside underWay: (FlowName?) -> Int) -> (flow: FlowName?, waiter: Waiter)? {
        let next = self.waiters.min { left, right in
            let (leftCount, rightCount) = (underWay(left.key), underWay(right.key))
            if leftCount != rightCount { return leftCount < rightCount }
            return (left.value.first?.number ?? 0) < (right.value.first?.number ?? 0)
        }
        guard let next, let waiter = self.waiters[next.key]?.popFirst() else { return nil }
        self.removed(from: next.key)
        return (next.key, waiter)
    }

    /// Takes a call out that waits no longer; `nil` where its turn has come already.
    mutating func remove(_ number: UInt64, of flow: FlowName?) -> Turn? {
        guard let index = self.waiters[flow]?.firstIndex(where: { $0.number == number }) else { return nil }
        let waiter = self.waiters[flow]?.remove(at: index)
        self.removed(from: flow)
        return waiter?.turn
    }

    private mutating func removed(from flow: FlowName?) {
        self.count -= 1
        if self.waiters[flow]?.isEmpty == true { self.waiters[flow] = nil }
    }
}
