import DequeModule

/// A fair queue: parties take turns, however many items each has queued.
///
/// Bound: what is pushed and popped costs the same whatever waits; to remove looks through what waits of the party, and where that was
/// all through the parties.
struct TurnQueue<Party: Hashable, Element> {
    private let countMax: Int
    private let countOfPartyMax: Int
    /// Each party that has something in the queue, once.
    private var turns = Deque<Party>()
    private var elements: [Party: Deque<(number: UInt64, element: Element)>] = [:]
    private var lastNumber: UInt64 = 0
    private(set) var count = 0

    init(countMax: Int, countOfPartyMax: Int) {
        self.countMax = countMax
        self.countOfPartyMax = countOfPartyMax
    }

    /// Appends an element to those of its party.
    ///
    /// - Returns: its number; `nil` where it has no place, of the party's or at all.
    mutating func push(_ element: Element, for party: Party) -> UInt64? {
        guard self.count < self.countMax, self.elements[party]?.count ?? 0 < self.countOfPartyMax else { return nil }
        self.lastNumber += 1
        self.count += 1
        if self.elements[party] == nil { self.turns.append(party) }
        self.elements[party, default: []].append((self.lastNumber, element))
        return self.lastNumber
    }

    /// Takes the first element of the party whose turn it is.
    mutating func pop() -> Element? {
        guard let party = self.turns.popFirst(), let first = self.elements[party]?.popFirst() else { return nil }
        self.count -= 1
        if self.elements[party]?.isEmpty == true {
            self.elements[party] = nil
        } else {
            self.turns.append(party)
        }
        return first.element
    }

    /// Removes an element that is still there.
    ///
    /// - Returns: whether it was.
    mutating func remove(_ number: UInt64, of party: Party) -> Bool {
        guard let index = self.elements[party]?.firstIndex(where: { $0.number == number }) else { return false }
        self.elements[party]?.remove(at: index)
        self.count -= 1
        guard self.elements[party]?.isEmpty == true else { return true }
        self.elements[party] = nil
        self.turns.removeAll { $0 == party }
        return true
    }
}
