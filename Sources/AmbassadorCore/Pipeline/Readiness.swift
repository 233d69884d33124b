import NIOCore
import Synchronization

/// What `/readyz` says: whether the process serves, and which of the parts it can do without are away.
package final class Readiness: Sendable {
    /// A part's word on itself: `nil` while it is well, else what is wrong, for an operator.
    package typealias Check = @Sendable () -> String?

    private let checks = Mutex<[(name: String, check: Check)]>([])
    private let isReady = Atomic(false)
    private let isCredentialRefused = Atomic(false)

    package init() {}

    /// Adds a part.
    ///
    /// Its check must be short and must not block: it runs on an event loop.
    package func add(_ name: String, check: @escaping Check) {
        self.checks.withLock { $0.append((name, check)) }
    }

    /// Says that everything that is needed stands: configured, store open, listening.
    package func becomeReady() {
        self.isReady.store(true, ordering: .relaxed)
    }

    /// Says that the process is about to stop, so that no new requests are sent to it.
    package func becomeUnready() {
        self.isReady.store(false, ordering: .relaxed)
    }

    /// Says whether LangFlow took the ambassador's own key at the last call.
    func noteUpstreamCredential(isAccepted: Bool) {
        self.isCredentialRefused.store(!isAccepted, ordering: .relaxed)
    }

    /// The answer to a probe: its status and its body.
    func report() -> (status: Int, body: ByteBuffer) {
        let isReady = self.isReady.load(ordering: .relaxed)
        var degraded = self.checks.withLock { $0 }.compactMap { part in part.check().map { (part.name, $0) } }
        if self.isCredentialRefused.load(ordering: .relaxed) {
            degraded.append(("langflow", "LangFlow refuses upstream.api_key"))
        }
        var body = ByteBuffer()
        body.writeString(isReady ? #"{"status":"ready","degraded":["# : #"{"status":"not ready","degraded":["#)
        for (position, part) in degraded.enumerated() {
            if position > 0 { body.writeStaticString(",") }
            body.writeStaticString(#"{"part":"#)
            JSONWriter.writeString(part.0, into: &body)
            body.writeStaticString(#","reason":"#)
            JSONWriter.writeString(part.1, into: &body)
            body.writeStaticString("}")
        }
        body.writeStaticString("]}")
        return (isReady ? 200 : 503, body)
    }
}
