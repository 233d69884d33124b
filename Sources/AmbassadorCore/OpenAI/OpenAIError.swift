import NIOCore

/// An error in OpenAI's form: `{"error": {"message", "type", "code", "param"}}`.
///
/// OpenAI's clients show `message` alone and choose their exception by the status. A problem document's other members stand beside it.
enum OpenAIError {
    /// The body of an error of the ambassador's.
    static func body(_ refusal: Refusal, traceID: TraceID) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeStaticString("{\"error\":")
        Self.write(
            message: Self.message(of: refusal),
            type: Self.type(ofStatus: refusal.status),
            code: Self.code(of: refusal.kind),
            parameter: refusal.field,
            into: &body
        )
        body.writeStaticString(",")
        Problem.writeMembers(of: refusal, traceID: traceID, into: &body)
        body.writeStaticString("}")
        return body
    }

    /// The body of LangFlow's own 4xx, with its message, scrubbed.
    static func body(ofUpstream answer: ByteBuffer, status: Int, traceID: TraceID) -> ByteBuffer {
        let message = LangFlowError.message(from: answer) ?? "The AI service refused the request."
        var body = ByteBuffer()
        body.writeStaticString("{\"error\":")
        Self.write(
            message: message,
            type: Self.type(ofStatus: status),
            code: status == 404 ? "model_not_found" : "rejected",
            parameter: nil,
            into: &body
        )
        body.writeStaticString(",\"status\":")
        body.writeString(String(status))
        body.writeStaticString(",\"detail\":")
        JSONWriter.writeString(message, into: &body)
        body.writeStaticString(",\"trace_id\":\"")
        traceID.write(into: &body)
        body.writeStaticString("\"}")
        return body
    }

    /// Appends the object that stands under `error`.
    static func write(
        message: String,
        type: String,
        code: String,
        parameter: String?,
        into body: inout ByteBuffer
    ) {
        body.writeStaticString("{\"message\":")
        JSONWriter.writeString(message, into: &body)
        body.writeStaticString(",\"type\":")
        JSONWriter.writeString(type, into: &body)
        body.writeStaticString(",\"code\":")
        JSONWriter.writeString(code, into: &body)
        body.writeStaticString(",\"param\":")
        if let parameter { JSONWriter.writeString(parameter, into: &body) } else { body.writeStaticString("null") }
        body.writeStaticString("}")
    }

    /// Appends the object that tells of a stream's failure.
    static func writeFailure(_ message: ByteBuffer, code: Refusal.Kind, into body: inout ByteBuffer) {
        Self.write(
            message: String(buffer: message),
            type: "server_error",
            code: code.rawValue,
            parameter: nil,
            into: &body
        )
    }

    /// The sentence, and LangFlow's own message where there is one: it is all that most clients show.
    private static func message(of refusal: Refusal) -> String {
        guard let detail = refusal.detail, !detail.utf8.elementsEqual(refusal.message.utf8) else {
            return refusal.message
        }
        return refusal.message + (refusal.message.utf8.last == UInt8(ascii: ".") ? " " : ": ") + detail
    }

    /// OpenAI's word for a status.
    static func type(ofStatus status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    /// OpenAI's code where it has one for the kind, else our name of the kind.
    private static func code(of kind: Refusal.Kind) -> String {
        switch kind {
        case .unauthenticated: "invalid_api_key"
        case .unknownFlow: "model_not_found"
        case .rateLimited: "rate_limit_exceeded"
        case .budgetExhausted: "insufficient_quota"
        default: kind.rawValue
        }
    }
}
