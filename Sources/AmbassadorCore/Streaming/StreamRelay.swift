import NIOCore
import Synchronization

/// One stream of LangFlow's and everybody who reads it.
///
/// What is kept for others is held whole, so that whoever joins gets every record from the first one; what is not is held only as far
/// as its slowest reader is behind, and LangFlow is read no faster than that.
final class StreamRelay: Sendable {
    /// How LangFlow's answer begins.
    enum Opening: Sendable {
        case flowing
        /// LangFlow gave no stream but a whole answer: its own 4xx.
        case answered(Fetched)
        case failed(FetchFailure)
        /// The reader's own patience ended first.
        case left(Departure)
    }

    /// As of when it was asked for.
    let generation: CallGeneration
    private let machine: Mutex<StateMachine>
    private let degradedAs = Mutex<Response.Degradation?>(nil)
    private let sleeper: Sleeper

    init(limits: StreamLimits, isKept: Bool, generation: CallGeneration = CallGeneration(), sleeper: Sleeper) {
        self.generation = generation
        self.machine = Mutex(StateMachine(limits: limits, isKept: isKept))
        self.sleeper = sleeper
    }

    // MARK: - For the one that calls LangFlow

    /// Notes the task that calls LangFlow, which is cancelled once nobody needs it.
    func attach(_ task: Task<Void, Never>) {
        self.machine.withLock { $0.attach(task) }?.cancel()
    }

    /// Says, before the stream is opened, that another ambassador gave it in place of LangFlow's answer.
    func noteDegradation(_ degradation: Response.Degradation?) {
        self.degradedAs.withLock { $0 = degradation }
    }

    /// As ``AnswerFreshness/degradation``, once the stream is open.
    var degradation: Response.Degradation? { self.degradedAs.withLock { $0 } }

    /// Says that LangFlow's answer is a stream.
    func open() {
        for opening in self.machine.withLock({ $0.open() }) { opening.deliver(.flowing) }
    }

    /// Notes that LangFlow is being called.
    ///
    /// - Returns: `false` where everybody has left: it must not be.
    func beginCall(at start: NIODeadline) -> Bool {
        self.machine.withLock { $0.beginCall(at: start) }
    }

    /// Ends it before it became a stream.
    ///
    /// - Returns: whether the call stands in a reader's record.
    @discardableResult
    func settle(_ opening: Opening) -> Bool {
        let (openings, isClaimed) = self.machine.withLock { ($0.settle(opening), $0.isClaimed) }
        for waiting in openings { waiting.deliver(opening) }
        return isClaimed
    }

    /// Hands a record to the readers, and waits where they are too far behind; those that hold up the others for too long are dropped.
    ///
    /// - Parameters:
    ///   - record: the next one.
    ///   - deadline: until when to wait, where the reader is the only one and where it is not.
    /// - Returns: whether it waited.
    func append(
        _ record: StreamRecord,
        waitingUntil deadline: (_ isAlone: Bool) -> NIODeadline = { _ in .distantFuture }
    ) async -> Bool {
        let resumed = OneShot<Void>()
        let (deliveries, mustWait, isAlone, unneeded) = self.machine.withLock { machine in
            (
                machine.append(record), machine.mustWait(resumed), machine.readerCount == 1,
                machine.giveUpIfUnneeded()
            )
        }
        unneeded?.cancel()
        for (waiting, batch) in deliveries { waiting.deliver(batch) }
        guard mustWait else { return false }
        await resumed.value(until: deadline(isAlone), sleeper: self.sleeper) { departure in
            let (unneeded, producer) = self.machine.withLock { machine in
                (
                    departure == .deadline ? machine.dropLaggards() : nil,
                    machine.takeProducer(isCancelled: departure == .cancellation)
                )
            }
            unneeded?.cancel()
            producer?.deliver(())
        }
        return true
    }

    /// Ends the stream, with its last record where it came to its end.
    ///
    /// - Returns: whether the call stands in a reader's record.
    @discardableResult
    func finish(_ last: StreamRecord?, _ end: StreamEnd) -> Bool {
        let (deliveries, isClaimed) = self.machine.withLock { ($0.finish(last, end), $0.isClaimed) }
        for (waiting, batch) in deliveries { waiting.deliver(batch) }
        return isClaimed
    }

    /// All records so far, where all are held.
    var keptRecords: [StreamRecord]? { self.machine.withLock { $0.keptRecords.map(Array.init) } }

    /// Whether LangFlow's answer is known to be a stream.
    var isOpen: Bool {
        self.machine.withLock { machine in
            if case .opening = machine.phase { false } else { true }
        }
    }

    /// Whether nothing more comes.
    var isOver: Bool {
        self.machine.withLock { machine in
            switch machine.phase {
            case .opening, .flowing: false
            case .ended, .settled: true
            }
        }
    }

    // MARK: - For its readers

    var readerCount: Int { self.machine.withLock { $0.readerCount } }

    /// A place at the stream's beginning.
    ///
    /// - Returns: `nil` where it cannot be had any more.
    func join() -> UInt64? {
        self.machine.withLock { $0.join() }
    }

    /// Waits for LangFlow's answer to begin.
    func opening(for reader: UInt64, until deadline: NIODeadline) async -> Opening {
        let opening = OneShot<Opening>()
        if let known = self.machine.withLock({ $0.awaitOpening(reader, opening) }) { return known }
        return await opening.value(until: deadline, sleeper: self.sleeper) { departure in
            self.machine.withLock { $0.stopAwaiting(reader).opening }?.deliver(.left(departure))
        }
    }

    /// Waits for what comes next.
    func next(for reader: UInt64, until deadline: NIODeadline) async -> Batch {
        if Task.isCancelled { return .left(.cancellation) }
        let waiting = OneShot<Batch>()
        let (batch, producer) = self.machine.withLock { ($0.awaitBatch(reader, waiting), $0.takeProducer()) }
        producer?.deliver(())
        if let batch { return batch }
        return await waiting.value(until: deadline, sleeper: self.sleeper) { departure in
            self.machine.withLock { $0.stopAwaiting(reader).batch }?.deliver(.left(departure))
        }
    }

    /// Gives a place back; where it was the last one and nothing will be kept, LangFlow is told to stop.
    func leave(_ reader: UInt64) {
        let (task, producer) = self.machine.withLock { ($0.leave(reader), $0.takeProducer()) }
        task?.cancel()
        producer?.deliver(())
    }

    /// The call, where it stands in this reader's record; settled once the reader has left.
    func call(carriedBy reader: UInt64, at now: NIODeadline) -> CallMade? {
        self.machine.withLock { $0.call(carriedBy: reader, at: now) }
    }
}
