package import AmbassadorCore
import DequeModule
package import NIOCore
import Synchronization

/// A stream of an upstream without a network, which a test sends piece by piece.
package final class ScriptedStream: UpstreamBody {
    private enum Item {
        case bytes(ByteBuffer)
        case end
        case failure(UpstreamError)
    }

    private struct State {
        var items: Deque<Item> = []
        var waiting: OneShot<Item>?
        var readCount = 0
        var isCancelled = false
    }

    private let state = Mutex(State())

    package init() {}

    /// A stream whose bytes are all there, each text a piece of its own.
    package convenience init(_ pieces: [String], failing failure: UpstreamError? = nil) {
        self.init()
        for piece in pieces { self.send(piece) }
        if let failure { self.fail(failure) } else { self.end() }
    }

    /// How many pieces were taken.
    package var readCount: Int { self.state.withLock { $0.readCount } }

    /// Whether the reader was cancelled while it waited or asked.
    package var isCancelled: Bool { self.state.withLock { $0.isCancelled } }

    package func send(_ text: String) { self.add(.bytes(ByteBuffer(string: text))) }
    package func end() { self.add(.end) }
    package func fail(_ error: UpstreamError) { self.add(.failure(error)) }

    /// The stream as an answer of LangFlow's.
    package func opening(_ freshness: AnswerFreshness = .unsaid) -> UpstreamOpening {
        .stream(UpstreamStream(freshness: freshness, body: self))
    }

    private func add(_ item: Item) {
        let waiting = self.state.withLock { state in
            defer { state.waiting = nil }
            guard let waiting = state.waiting else {
                state.items.append(item)
                return nil as OneShot<Item>?
            }
            return waiting
        }
        waiting?.deliver(item)
    }

    package func next() async throws(UpstreamError) -> ByteBuffer? {
        let waiting = OneShot<Item>()
        let known: Item? = self.state.withLock { state in
            if Task.isCancelled {
                state.isCancelled = true
                return .failure(.cancelled)
            }
            if let item = state.items.popFirst() { return item }
            state.waiting = waiting
            return nil
        }
        let item: Item
        if let known {
            item = known
        } else {
            item = await waiting.value(until: .distantFuture, sleeper: .system) { _ in self.cancel() }
        }
        switch item {
        case .bytes(let bytes):
            self.state.withLock { $0.readCount += 1 }
            return bytes
        case .end: return nil
        case .failure(let error): throw error
        }
    }

    private func cancel() {
        let waiting = self.state.withLock { state in
            defer { state.waiting = nil }
            state.isCancelled = true
            return state.waiting
        }
        waiting?.deliver(.failure(.cancelled))
    }
}
