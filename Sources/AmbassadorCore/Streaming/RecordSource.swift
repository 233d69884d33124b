import NIOCore

/// Where the records of one response come from.
protocol RecordSource: Sendable {
    /// Waits for the next records, until a deadline at the latest.
    func next(until deadline: NIODeadline) async -> StreamRelay.Batch

    /// Says that no more is asked for.
    func leave()

    /// The call that stands in this reader's record; settled once the reader has left.
    func carriedCall(at now: NIODeadline) -> CallMade?
}

extension StreamFlights.Place: RecordSource {
    func next(until deadline: NIODeadline) async -> StreamRelay.Batch {
        await self.relay.next(for: self.reader, until: deadline)
    }

    func leave() {
        self.relay.leave(self.reader)
    }

    func carriedCall(at now: NIODeadline) -> CallMade? {
        self.relay.call(carriedBy: self.reader, at: now)
    }
}
