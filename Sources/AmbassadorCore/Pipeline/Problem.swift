import NIOCore

/// The body of an error, `application/problem+json` (RFC 9457 §3).
enum Problem {
    /// Writes `type`, `title`, `status` and `detail` as the RFC names them, and `error`, a sentence, and `trace_id` beside them.
    static func body(_ refusal: Refusal, traceID: TraceID) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString(#"{"error":"#)
        JSONWriter.writeString(refusal.message, into: &body)
        body.writeStaticString(",")
        Self.writeMembers(of: refusal, traceID: traceID, into: &body)
        body.writeStaticString("}")
        return body
    }

    /// Appends the members other than `error`, which stands in other errors with another meaning.
    static func writeMembers(of refusal: Refusal, traceID: TraceID, into body: inout ByteBuffer) {
        body.writeStaticString(#""type":"urn:ambassador:problem:"#)
        body.writeString(refusal.kind.rawValue)
        body.writeStaticString(#"","title":"#)
        JSONWriter.writeString(refusal.kind.title, into: &body)
        body.writeStaticString(#","status":"#)
        body.writeString(String(refusal.status))
        body.writeStaticString(#","detail":"#)
        JSONWriter.writeString(refusal.detail ?? refusal.message, into: &body)
        body.writeStaticString(#","trace_id":""#)
        traceID.write(into: &body)
        body.writeStaticString("\"")
    }
}

extension Refusal.Kind {
    /// The kind in a few words for people, the same for all refusals of the kind.
    fileprivate var title: String {
        self.rawValue.split(separator: "_").enumerated()
            .map { $0.offset == 0 ? $0.element.prefix(1).uppercased() + $0.element.dropFirst() : String($0.element) }
            .joined(separator: " ")
    }
}
