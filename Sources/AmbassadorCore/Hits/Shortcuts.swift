import NIOCore

/// The shortcuts of one event loop, found by the bytes of a request; used on that loop alone.
///
/// Bounded by its places, the length of a body and that of a short answer, together about 5 KiB each; a request has four places to be
/// in. Where they are taken by requests whose heads still come, it gets that of the oldest when it comes again before another one asks
/// for it: requests that come once push nobody out. Verdicts on callers are bounded too. A purge empties it, so that nothing that was
/// purged is kept here.
package final class Shortcuts {
    /// Where a shortcut is; told from others by a hash first, so that no other one is touched.
    private struct Place {
        var hash: UInt64 = 0
        var shortcut: Shortcut?
    }

    /// Longer bodies are read each time.
    static let bodyBytesMax = 1_024

    /// As many as lie in one line of the processor's cache.
    private static let ways = 4
    private static let standingsMax = 1_024

    private let hash = SeededHash()
    private var places: ContiguousArray<Place>
    /// For each four places the one that was turned away last.
    private var turnedAway: ContiguousArray<UInt64>
    private var changes: UInt64 = 0
    /// With its head, which so is not another one's address.
    private var standings: [ObjectIdentifier: (head: CallHead, standing: Standing)] = [:]

    /// Makes a table of so many places, a power of two of at least four.
    package init(placeCount: Int = 8_192) {
        self.places = ContiguousArray(repeating: Place(), count: placeCount)
        self.turnedAway = ContiguousArray(repeating: 0, count: placeCount / Self.ways)
    }

    /// Forgets everything where the number is another than at the last call: it grows with each purge (``PurgeLedger/sequence``) and
    /// whenever a name may mean another flow (``FlowRegistry/epoch``).
    func forget(changedUntil sequence: UInt64) {
        guard sequence != self.changes else { return }
        self.changes = sequence
        for index in self.places.indices { self.places[index] = Place() }
    }

    /// What is known about a request.
    ///
    /// Bound: a longer body than any that is remembered is not looked at.
    func shortcut(for request: RepeatedRequest) -> Shortcut? {
        guard request.body.count <= Self.bodyBytesMax else { return nil }
        let hash = self.hash(of: request.head, request.body, from: request.clientAddress)
        for index in self.indices(of: hash) where self.places[index].hash == hash {
            if let found = self.places[index].shortcut, found.isOf(request) { return found }
        }
        return nil
    }

    /// Whether a request may be remembered.
    static func takes(_ request: Request) -> Bool { request.body.readableBytes <= Self.bodyBytesMax }

    /// Remembers what is known about a request, in place of what was known of it or of the one that was inserted longest ago, or turns
    /// it away and does not ask for it.
    func insert(for request: Request, epoch: UInt64, at time: Timestamp, _ shortcut: () -> Shortcut) {
        let hash = request.body.withUnsafeReadableBytes { self.hash(of: request.head, $0, from: request.clientAddress) }
        let indices = self.indices(of: hash)
        let last = indices.upperBound - 1
        let known = indices.first { self.places[$0].hash == hash && self.places[$0].shortcut?.isOf(request) == true }
        let four = last / Self.ways
        // The verdict on a head that comes is renewed every second.
        let isTaken = self.places[last].shortcut?.standing.holds(at: time, epoch: epoch) == true
        if known == nil, isTaken, self.turnedAway[four] != hash {
            self.turnedAway[four] = hash
            return
        }
        var index = known ?? last
        while index > indices.lowerBound {
            self.places[index] = self.places[index - 1]
            index -= 1
        }
        self.places[index] = Place(hash: hash, shortcut: shortcut())
    }

    /// The verdict on who sends a head, which begins anew with this one.
    func standing(of head: CallHead, by caller: Caller, epoch: UInt64, at time: Timestamp) -> Standing {
        let place = ObjectIdentifier(head)
        if let known = self.standings[place]?.standing, known.renew(of: caller, epoch: epoch, at: time) { return known }
        if self.standings.count >= Self.standingsMax { self.standings.removeAll(keepingCapacity: true) }
        let standing = Standing(of: caller, epoch: epoch, at: time)
        self.standings[place] = (head, standing)
        return standing
    }

    /// Seeded, so that no caller can choose whose places it takes; head and address are in it, since many callers ask the same.
    private func hash(of head: CallHead, _ body: UnsafeRawBufferPointer, from address: String?) -> UInt64 {
        let place = UInt64(truncatingIfNeeded: UInt(bitPattern: ObjectIdentifier(head)))
        let origin = address?.utf8.withContiguousStorageIfAvailable { self.hash.hash(UnsafeRawBufferPointer($0)) } ?? 0
        return self.hash.hash(body) ^ ((place ^ origin) &* 0x9E37_79B9_7F4A_7C15)
    }

    private func indices(of hash: UInt64) -> Range<Int> {
        let first = Int(truncatingIfNeeded: hash) & (self.places.count - Self.ways)
        return first..<first + Self.ways
    }
}
