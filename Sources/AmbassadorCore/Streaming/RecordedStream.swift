import NIOCore
import Synchronization

/// A response's stream that is recorded when it ends, whichever way.
///
/// The last records leave only once the request is recorded, so that under `strict` nobody has a whole answer without its record.
final class RecordedStream: ResponseStream {
    /// What became of the response.
    enum Conclusion: Sendable {
        case ended(StreamEnd)
        case timedOut
        case abandoned
    }

    private enum Phase {
        case flowing
        /// Recorded; the piece that is left says how the body ends.
        case concluded(StreamPiece)
    }

    private struct State {
        var phase = Phase.flowing
        var byteCount = 0
        var view: StreamView
    }

    private let source: any RecordSource
    private let deadline: NIODeadline
    /// Records the response with the bytes that it had; `false` where it could not be recorded.
    private let conclude: @Sendable (Conclusion, _ byteCount: Int) async -> Bool
    private let state: Mutex<State>

    init(
        _ source: any RecordSource,
        view: StreamView,
        deadline: NIODeadline,
        conclude: @escaping @Sendable (Conclusion, _ byteCount: Int) async -> Bool
    ) {
        self.source = source
        self.deadline = deadline
        self.conclude = conclude
        self.state = Mutex(State(view: view))
    }

    func next() async -> StreamPiece {
        while true {
            if case .concluded(let piece) = self.state.withLock({ $0.phase }) { return piece }
            // Records that tell the reader nothing are no piece.
            if let piece = await self.nextPiece() { return piece }
        }
    }

    private func nextPiece() async -> StreamPiece? {
        switch await self.source.next(until: self.deadline) {
        case .records(let records, let end):
            return await self.piece(records, end)
        case .ended(let end):
            guard end.isCut else { return await self.piece([], end) }
            return await self.breakOff(.ended(end), end.failure)
        case .left(.deadline):
            return await self.breakOff(.timedOut, FetchFailure(.timeout))
        case .left(.cancellation):
            _ = await self.end(.abandoned, then: .broken)
            return .broken
        }
    }

    func abandon() async {
        _ = await self.end(.abandoned, then: .broken)
    }

    private func piece(_ records: [StreamRecord], _ end: StreamEnd?) async -> StreamPiece? {
        let bytes = self.state.withLock { state in
            let bytes = state.view.bytes(of: records, isLast: end != nil)
            state.byteCount += bytes.readableBytes
            return bytes
        }
        if let end {
            guard await self.end(.ended(end), then: .end) else { return .broken }
        }
        return bytes.readableBytes > 0 ? .bytes(bytes) : nil
    }

    /// Says in LangFlow's words that no more comes, and then ends without an end.
    private func breakOff(_ conclusion: Conclusion, _ failure: FetchFailure?) async -> StreamPiece {
        let message = (failure ?? FetchFailure(.connectionLost(UpstreamCause(.closed)))).refusal(retryAfter: .zero)
            .message
        let bytes = self.state.withLock { state in
            let bytes = state.view.bytes(ofFailure: message)
            state.byteCount += bytes.readableBytes
            return bytes
        }
        return await self.end(conclusion, then: .broken) ? .bytes(bytes) : .broken
    }

    /// Records the response, once.
    ///
    /// - Returns: `false` where it could not be recorded.
    private func end(_ conclusion: Conclusion, then piece: StreamPiece) async -> Bool {
        let byteCount: Int? = self.state.withLock { state in
            guard case .flowing = state.phase else { return nil }
            state.phase = .concluded(piece)
            return state.byteCount
        }
        guard let byteCount else { return true }
        self.source.leave()
        guard await self.conclude(conclusion, byteCount) else {
            self.state.withLock { $0.phase = .concluded(.broken) }
            return false
        }
        return true
    }
}
