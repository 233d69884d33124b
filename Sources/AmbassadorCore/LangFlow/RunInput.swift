package import NIOCore

/// A checked request to run a flow: what LangFlow is sent and what its answer is kept under are both made from this.
///
/// Immutable and shared by reference: it is handed on many times.
package final class RunInput: Sendable {
    package typealias Parts = (
        flow: FlowName,
        input: ByteBuffer,
        inputType: InputType,
        outputType: OutputType,
        outputComponent: JSONString?,
        tweaks: Tweaks?,
        session: SessionID?,
        wantsStream: Bool,
        openAI: OpenAIMembers?
    )

    /// The flow as the caller names it.
    package let flow: FlowName
    /// The caller's own text, UTF-8; empty where the request has none.
    package let input: ByteBuffer
    package let inputType: InputType
    package let outputType: OutputType
    /// `nil` where the request names none, or an empty one, which LangFlow takes for none.
    package let outputComponent: JSONString?
    /// `nil` where the request has none: no `tweaks`, `null`, `{}`, or components with `{}` alone.
    package let tweaks: Tweaks?
    /// `nil` where the request names none: no `session_id`, `null` or an empty one.
    package let session: SessionID?
    /// Whether the body of `/run-flow` asks for a stream; LangFlow's own call asks for it in its query.
    package let wantsStream: Bool
    /// What a body of OpenAI's calls says besides; `nil` on all other calls.
    package let openAI: OpenAIMembers?

    /// Takes what the request says apart, which is all that is stored.
    package init(_ parts: Parts) {
        (
            self.flow, self.input, self.inputType, self.outputType, self.outputComponent, self.tweaks, self.session,
            self.wantsStream, self.openAI
        ) = parts
    }

    /// The form of the answer that is asked for.
    package var form: Answer.Form { self.wantsStream ? .records : .document }

    /// All that the request says.
    ///
    /// A tuple, because ``InputHasher`` takes it apart without leaving an element out: whoever adds one cannot build the
    /// product before deciding whether it belongs to the key. Made where it is asked for: reading one element of a stored tuple
    /// copied the whole of it, which was a tenth of a hit.
    package var parts: Parts {
        (
            self.flow, self.input, self.inputType, self.outputType, self.outputComponent, self.tweaks, self.session,
            self.wantsStream, self.openAI
        )
    }

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
            "The input is missing or empty. Send the question as a string in \"input\" (\"input_value\" on LangFlow's own call, "
                + "the last of \"messages\" on OpenAI's)."
        )
    }

    /// Refuses tweaks that the flow does not allow; see ``Tweaks/check(allowed:)``.
    package func checkTweaks(allowed: Set<TweakPattern>) throws(Refusal) {
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
            JSONWriter.writeString(outputComponent.buffer, into: &body)
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
