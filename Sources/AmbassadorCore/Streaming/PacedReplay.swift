import NIOCore
import Synchronization

/// A stored stream that is given out record by record, as a model would write it.
final class PacedReplay: RecordSource {
    private struct State {
        var rest: ByteBuffer
        /// How much of the answer's body was given out.
        var offset = 0
        var nextOffset = 0
    }

    private let answer: Answer
    private let pace: Duration
    private let sleeper: Sleeper
    private let now: @Sendable () -> NIODeadline
    private let state: Mutex<State>

    /// Replays an answer of the form `records`, one record every `pace`.
    init(_ answer: Answer, pace: Duration, sleeper: Sleeper, now: @escaping @Sendable () -> NIODeadline) {
        self.answer = answer
        self.pace = pace
        self.sleeper = sleeper
        self.now = now
        self.state = Mutex(State(rest: answer.body))
    }

    func next(until deadline: NIODeadline) async -> StreamRelay.Batch {
        let isFirst = self.state.withLock { $0.offset == 0 }
        if !isFirst {
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.now().advanced(by: self.pace))
            } catch {
                return .left(.cancellation)
            }
        }
        return self.state.withLock { state in
            guard let record = self.takeRecord(&state) else { return .ended(StreamEnd(answer: self.answer)) }
            let isLast = state.rest.readableBytes == 0
            return .records([record], isLast ? StreamEnd(answer: self.answer) : nil)
        }
    }

    func leave() {}

    func carriedCall(at now: NIODeadline) -> CallMade? { nil }

    private func takeRecord(_ state: inout State) -> StreamRecord? {
        var splitter = RecordSplitter(recordBytesMax: .max)
        splitter.append(state.rest)
        // What was stored was cut into records once; bytes that do not end as one are given out as they are.
        let length = (try? splitter.next())?.flatMap { $0.readableBytes } ?? state.rest.readableBytes
        guard length > 0, let bytes = state.rest.readSlice(length: length) else { return nil }
        let range = state.offset..<(state.offset + length)
        var offsets: [Int] = []
        while state.nextOffset < self.answer.sessionOffsets.count {
            let offset = self.answer.sessionOffsets[state.nextOffset]
            guard offset < range.upperBound else { break }
            offsets.append(offset - range.lowerBound)
            state.nextOffset += 1
        }
        state.offset = range.upperBound
        return StreamRecord(bytes: bytes, sessionOffsets: offsets)
    }
}
