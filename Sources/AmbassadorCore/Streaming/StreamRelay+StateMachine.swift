import DequeModule
import NIOCore

extension StreamRelay {
    /// What a reader gets when it asks for more.
    enum Batch: Sendable {
        /// Whole records, in order; with the stream's end where they are the last ones and none is missing.
        case records([StreamRecord], StreamEnd?)
        case ended(StreamEnd)
        /// The reader's own patience ended first.
        case left(Departure)
    }

    /// Who has read how far.
    ///
    /// Pure: it hands out what is to be delivered or resumed once its lock is released.
    struct StateMachine: Sendable {
        enum Phase: Sendable {
            /// LangFlow has not answered yet.
            case opening
            case flowing
            case ended(StreamEnd)
            /// It never became a stream: LangFlow gave a whole answer, or none.
            case settled(Opening)
        }

        struct Reader: Sendable {
            /// The number of the next record it gets.
            var position: Int
            var opening: OneShot<Opening>?
            var waiting: OneShot<Batch>?
        }

        /// A batch and who waits for it.
        typealias Delivery = (waiting: OneShot<Batch>, batch: Batch)

        private let limits: StreamLimits
        private(set) var phase = Phase.opening
        /// Whether every record is held, so that whoever joins gets all of them and the whole can be kept.
        private(set) var isKept: Bool
        private var records = Deque<StreamRecord>()
        private var recordsBytes = 0
        /// The number of the first record that is held.
        private var firstNumber = 0
        private var readers: [UInt64: Reader] = [:]
        private var lastReader: UInt64 = 0
        private var producer: OneShot<Void>?
        private var task: Task<Void, Never>?
        private var isGivenUp = false
        /// When LangFlow was called; `nil` until then.
        private var calledAt: NIODeadline?
        /// The reader whose record the call stands in: of those who read to the end the first, which is the one that began it where it
        /// is still there; or the last one to leave a stream that was then given up.
        private var carrier: UInt64?

        /// What one batch holds at most, where it has more than one record.
        private static let batchBytesMax = 64 << 10

        init(limits: StreamLimits, isKept: Bool) {
            self.limits = limits
            self.isKept = isKept
        }

        var readerCount: Int { self.readers.count }

        /// All records, where all are held.
        var keptRecords: Deque<StreamRecord>? { self.isKept ? self.records : nil }

        // MARK: - Readers

        /// - Returns: `nil` where the stream cannot be read from its beginning any more, or is over.
        mutating func join() -> UInt64? {
            switch self.phase {
            case .opening, .flowing: break
            case .ended, .settled: return nil
            }
            guard self.firstNumber == 0, !self.isGivenUp, self.isKept || self.readers.isEmpty else { return nil }
            self.lastReader += 1
            self.readers[self.lastReader] = Reader(position: 0)
            return self.lastReader
        }

        /// - Returns: how LangFlow's answer begins, or `nil` where that is delivered later.
        mutating func awaitOpening(_ reader: UInt64, _ opening: OneShot<Opening>) -> Opening? {
            switch self.phase {
            case .opening:
                self.readers[reader]?.opening = opening
                return nil
            case .flowing, .ended: return .flowing
            case .settled(let settled): return settled
            }
        }

        /// - Returns: what comes next, or `nil` where that is delivered later.
        mutating func awaitBatch(_ reader: UInt64, _ waiting: OneShot<Batch>) -> Batch? {
            if let batch = self.batch(for: reader) { return batch }
            self.readers[reader]?.waiting = waiting
            return nil
        }

        /// Takes back that a reader waits; `nil` where what it waits for is on its way.
        mutating func stopAwaiting(_ reader: UInt64) -> (opening: OneShot<Opening>?, batch: OneShot<Batch>?) {
            defer {
                self.readers[reader]?.opening = nil
                self.readers[reader]?.waiting = nil
            }
            return (self.readers[reader]?.opening, self.readers[reader]?.waiting)
        }

        /// Removes a reader.
        ///
        /// - Returns: the task that nobody needs any more.
        mutating func leave(_ reader: UInt64) -> Task<Void, Never>? {
            guard self.readers.removeValue(forKey: reader) != nil else { return nil }
            let wasGivenUp = self.isGivenUp
            let task = self.giveUpIfUnneeded()
            if self.isGivenUp, !wasGivenUp { self.carrier = reader }
            return task
        }

        /// Whether a reader's record has the call.
        var isClaimed: Bool { self.carrier != nil }

        /// The call, where it stands in a reader's record; of one that was given up, what it took until `now`.
        func call(carriedBy reader: UInt64, at now: NIODeadline) -> CallMade? {
            guard reader == self.carrier else { return nil }
            if self.isGivenUp {
                let billed = FetchError.cancelled.billedUsage
                return self.calledAt.map {
                    CallMade(microseconds: $0.duration(to: now).microseconds, billedUsage: billed)
                }
            }
            switch self.phase {
            case .opening, .flowing: return nil
            case .ended(let end): return end.call
            case .settled(.answered(let fetched)): return fetched.call
            case .settled(.failed(let failure)): return failure.call
            case .settled(.flowing), .settled(.left): return nil
            }
        }

        // MARK: - The producer

        /// Notes the task of the producer.
        ///
        /// - Returns: the task, where everybody left in the meantime.
        mutating func attach(_ task: Task<Void, Never>) -> Task<Void, Never>? {
            self.task = task
            return self.isGivenUp ? task : nil
        }

        /// Notes that LangFlow is being called.
        ///
        /// - Returns: `false` where everybody has left: it must not be.
        mutating func beginCall(at start: NIODeadline) -> Bool {
            guard !self.isGivenUp else { return false }
            self.calledAt = start
            return true
        }

        /// - Returns: who waits for the stream to begin.
        mutating func open() -> [OneShot<Opening>] {
            self.phase = .flowing
            return self.takeOpenings()
        }

        /// Ends a stream that never began.
        mutating func settle(_ opening: Opening) -> [OneShot<Opening>] {
            self.phase = .settled(opening)
            self.claim()
            return self.takeOpenings()
        }

        mutating func append(_ record: StreamRecord) -> [Delivery] {
            self.records.append(record)
            self.recordsBytes += record.byteCount
            if self.isKept, self.recordsBytes > self.limits.keptBytesMax { self.isKept = false }
            let deliveries = self.takeDeliveries()
            self.trim()
            return deliveries
        }

        mutating func finish(_ last: StreamRecord?, _ end: StreamEnd) -> [Delivery] {
            if let last {
                self.records.append(last)
                self.recordsBytes += last.byteCount
            }
            self.phase = .ended(end)
            self.claim()
            return self.takeDeliveries()
        }

        /// Whether the producer must wait before it goes on; it is told by `resumed` when it may.
        mutating func mustWait(_ resumed: OneShot<Void>) -> Bool {
            guard !self.isKept, self.recordsBytes > self.limits.windowBytes, !self.readers.isEmpty else { return false }
            self.producer = resumed
            return true
        }

        /// Removes the readers that are a window behind; each is told that it has left, once it asks for more.
        ///
        /// - Returns: the task that nobody needs any more.
        mutating func dropLaggards() -> Task<Void, Never>? {
            var dropped: UInt64?
            while self.recordsBytes > self.limits.windowBytes,
                let slowest = self.readers.values.map(\.position).min()
            {
                for (id, reader) in self.readers where reader.position == slowest {
                    self.readers[id] = nil
                    dropped = id
                }
                self.trim()
            }
            let task = self.giveUpIfUnneeded()
            if self.isGivenUp, self.carrier == nil { self.carrier = dropped }
            return task
        }

        /// The producer that may go on, now that a reader has read or left; or, where it was cancelled, in any case.
        mutating func takeProducer(isCancelled: Bool = false) -> OneShot<Void>? {
            guard isCancelled || self.recordsBytes <= self.limits.windowBytes || self.readers.isEmpty else {
                return nil
            }
            defer { self.producer = nil }
            return self.producer
        }

        /// Cancels the producer where nobody reads and nothing will be kept.
        mutating func giveUpIfUnneeded() -> Task<Void, Never>? {
            guard self.readers.isEmpty, !self.isKept, !self.isGivenUp else { return nil }
            switch self.phase {
            case .opening, .flowing:
                self.isGivenUp = true
                return self.task
            case .ended, .settled: return nil
            }
        }

        // MARK: - Parts

        private mutating func claim() {
            if self.carrier == nil { self.carrier = self.readers.keys.min() }
        }

        private mutating func takeOpenings() -> [OneShot<Opening>] {
            var openings: [OneShot<Opening>] = []
            for id in self.readers.keys {
                guard let opening = self.readers[id]?.opening else { continue }
                openings.append(opening)
                self.readers[id]?.opening = nil
            }
            return openings
        }

        private mutating func takeDeliveries() -> [Delivery] {
            var deliveries: [Delivery] = []
            for id in self.readers.keys {
                guard let waiting = self.readers[id]?.waiting, let batch = self.batch(for: id) else { continue }
                self.readers[id]?.waiting = nil
                deliveries.append((waiting, batch))
            }
            return deliveries
        }

        private mutating func batch(for reader: UInt64) -> Batch? {
            guard let position = self.readers[reader]?.position else { return .left(.cancellation) }
            var index = position - self.firstNumber
            if index < self.records.count {
                var batch: [StreamRecord] = []
                var byteCount = 0
                while index < self.records.count, batch.isEmpty || byteCount < Self.batchBytesMax {
                    batch.append(self.records[index])
                    byteCount += self.records[index].byteCount
                    index += 1
                }
                self.readers[reader]?.position = self.firstNumber + index
                if !self.isKept { self.trim() }
                let isLast = self.firstNumber + self.records.count == position + batch.count
                guard case .ended(let end) = self.phase, isLast, !end.isCut else { return .records(batch, nil) }
                return .records(batch, end)
            }
            if case .ended(let end) = self.phase { return .ended(end) }
            return nil
        }

        /// Forgets what every reader has, unless all is to be kept.
        private mutating func trim() {
            guard !self.isKept else { return }
            let slowest = self.readers.values.map(\.position).min() ?? self.firstNumber + self.records.count
            while self.firstNumber < slowest, let record = self.records.popFirst() {
                self.firstNumber += 1
                self.recordsBytes -= record.byteCount
            }
        }
    }
}
