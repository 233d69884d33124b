import NIOCore

/// Where the records of one response come from.
protocol RecordSource: Sendable {
    /// Waits for the next records, until a deadline at the latest.
    func next(until deadline: NIODeadline) async -> StreamRelay.Batch

    /// Says that no more is asked for.
    func leave()
}

extension StreamFlights.Place: RecordSource {
    func next(until deadline: NIODeadline) async -> StreamRelay.Batch {
        await self.relay.next(for: self.reader, until: deadline)
    }

    func leave() {
        self.relay.leave(self.reader)
    }
}
