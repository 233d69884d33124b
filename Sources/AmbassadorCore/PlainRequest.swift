package import NIOCore

/// A request of a plane that has routes of its own: what was found sound of it, and nothing of it judged.
package struct PlainRequest: Sendable {
    package let head: PlainHead
    package let body: ByteBuffer

    package init(head: PlainHead, body: ByteBuffer) {
        self.head = head
        self.body = body
    }
}

/// The head of such a request; shared by reference, since it is handed on many times.
package final class PlainHead: Sendable {
    /// As it was sent.
    package let method: String
    /// Visible ASCII that begins with a slash, without empty and dot segments; nothing is encoded in it.
    package let path: String
    /// What follows the `?`; `nil` without one.
    package let query: String?
    package let credential: Credential
    /// Whether a web page sends it.
    package let hasOrigin: Bool
    /// Why the body is not JSON as it stands; `nil` where it may be.
    package let contentFault: Refusal?
    package let traceID: TraceID
    /// `nil` over a Unix domain socket.
    package let clientAddress: String?

    package init(
        method: String,
        path: String,
        query: String? = nil,
        credential: Credential = .none,
        hasOrigin: Bool = false,
        contentFault: Refusal? = nil,
        traceID: TraceID = .random(),
        clientAddress: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.credential = credential
        self.hasOrigin = hasOrigin
        self.contentFault = contentFault
        self.traceID = traceID
        self.clientAddress = clientAddress
    }
}

/// Who answers all requests of a plane that has routes of its own.
package protocol PlainResponder: Sendable {
    /// Judges a request whose body may be long before that is read; short, since it runs on an event loop.
    ///
    /// - Returns: why it is turned away at once; `nil` where its body is to be read.
    func refusal(beforeBodyOf head: PlainHead) -> Refusal?

    /// Answers a request; runs on the connection's event loop until it leaves that by itself.
    ///
    /// Its task is cancelled when the caller leaves.
    func answer(_ request: PlainRequest) async -> Response
}

extension PlainResponder {
    package func refusal(beforeBodyOf head: PlainHead) -> Refusal? { nil }
}

extension Response {
    /// An error, as a problem document.
    package init(_ refusal: Refusal, traceID: TraceID, allowedMethods: String? = nil) {
        self.init(
            status: refusal.status,
            traceID: traceID,
            content: .problem(Problem.body(refusal, traceID: traceID)),
            retryAfterSeconds: refusal.retryAfterSeconds,
            allowedMethods: allowedMethods
        )
    }
}
