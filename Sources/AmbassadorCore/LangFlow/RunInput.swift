package import NIOCore

/// A checked request to run a flow: what LangFlow is sent and what its answer is kept under are both made from this.
///
/// Immutable and shared by reference: whoever asks the same in the same bytes asks it with one object.
package final class RunInput: Sendable {
    package typealias Parts = (
        flow: FlowName,
        input: ByteBuffer,
        inputType: InputType,
        outputType: OutputType,
        outputComponent: JSONString?,
        tweaks: Tweaks?,
        session: SessionID?,
        wantsStream: Bool
    )

    /// All that the request says, and the only stored property.
    ///
    /// A tuple, because ``InputHasher`` takes it apart without leaving an element out: whoever adds one cannot build the
    /// product before deciding whether it belongs to the key.
    package let parts: Parts

    package init(_ parts: Parts) {
        self.parts = parts
    }

    /// The flow as the caller names it.
    package var flow: FlowName { self.parts.flow }
    /// The caller's own text, UTF-8; empty where the request has none.
    package var input: ByteBuffer { self.parts.input }
    package var inputType: InputType { self.parts.inputType }
    package var outputType: OutputType { self.parts.outputType }
    /// `nil` where the request names none, or an empty one, which LangFlow takes for none.
    package var outputComponent: JSONString? { self.parts.outputComponent }
    /// `nil` where the request has none: no `tweaks`, `null` or `{}`.
    package var tweaks: Tweaks? { self.parts.tweaks }
    /// `nil` where the request names none: no `session_id`, `null` or an empty one.
    package var session: SessionID? { self.parts.session }
    /// Whether a stream is asked for: by the body of `/run-flow`, or by the query of LangFlow's own call.
    package var wantsStream: Bool { self.parts.wantsStream }
    /// The form of the answer that is asked for.
    package var form: Answer.Form { self.wantsStream ? .records : .document }

    /// The inputs of a flow that get the text.
    package enum InputType: String, Sendable, CaseIterable {
        case chat
        case text
        case any
    }

    /// The outputs of a flow that answer.
    package enum OutputType: String, Sendable, CaseIterable {
        case chat
        case text
        case any
        case debug
    }

    /// Refuses a request without a question, which LangFlow would run all the same.
    ///
    /// - Parameter allowsEmpty: whether the flow can do without one.
    /// - Throws: a refusal where there is none and the flow needs one.
    package func checkInput(allowsEmpty: Bool) throws(Refusal) {
        guard self.input.readableBytes == 0, !allowsEmpty else { return }
        throw Refusal(
            .invalidField,
            "The input is missing or empty. Send the question as a string in \"input\" (\"input_value\" on LangFlow's own call)."
        )
    }

    /// Refuses tweaks that the flow does not allow; see ``Tweaks/check(allowed:)``.
    package func checkTweaks(allowed: Set<String>) throws(Refusal) {
        try self.tweaks?.check(allowed: allowed)
    }

    /// The body of the call to LangFlow, in canonical form: the members sorted, absent ones left out.
    package func upstreamBody(session: UpstreamSessionID) -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(160 + self.input.readableBytes + (self.tweaks?.canonical.readableBytes ?? 0))
        body.writeStaticString("{\"input_type\":\"")
        body.writeString(self.inputType.rawValue)
        body.writeStaticString("\",\"input_value\":")
        JSONWriter.writeString(self.input, into: &body)
        if let outputComponent = self.outputComponent {
            body.writeStaticString(",\"output_component\":")
            JSONWriter.writeString(outputComponent.bytes, into: &body)
        }
        body.writeStaticString(",\"output_type\":\"")
        body.writeString(self.outputType.rawValue)
        body.writeStaticString("\",\"session_id\":\"")
        body.writeString(session.description)
        body.writeStaticString("\"")
        if let tweaks = self.tweaks {
            body.writeStaticString(",\"tweaks\":")
            body.writeImmutableBuffer(tweaks.canonical)
        }
        body.writeStaticString("}")
        return body
    }
}
