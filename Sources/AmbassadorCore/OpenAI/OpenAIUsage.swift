import NIOCore

/// The tokens of a run as OpenAI's calls name them.
enum OpenAIUsage {
    /// Appends `usage` of a response, `null` where LangFlow said nothing of it.
    static func writeOfResponse(_ usage: Usage, into buffer: inout ByteBuffer) {
        guard let tokens = Tokens(usage) else {
            buffer.writeStaticString("null")
            return
        }
        buffer.writeStaticString("{\"input_tokens\":")
        buffer.writeString(String(tokens.input))
        buffer.writeStaticString(
            ",\"input_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0},\"output_tokens\":"
        )
        buffer.writeString(String(tokens.output))
        buffer.writeStaticString(",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":")
        buffer.writeString(String(tokens.total))
        buffer.writeStaticString("}")
    }

    /// Appends `usage` of a chat completion, `null` where LangFlow said nothing of it.
    static func writeOfChat(_ usage: Usage, into buffer: inout ByteBuffer) {
        guard let tokens = Tokens(usage) else {
            buffer.writeStaticString("null")
            return
        }
        buffer.writeStaticString("{\"prompt_tokens\":")
        buffer.writeString(String(tokens.input))
        buffer.writeStaticString(",\"completion_tokens\":")
        buffer.writeString(String(tokens.output))
        buffer.writeStaticString(",\"total_tokens\":")
        buffer.writeString(String(tokens.total))
        buffer.writeStaticString("}")
    }

    /// Whether LangFlow said how many tokens were used.
    static func isKnown(_ usage: Usage) -> Bool { Tokens(usage) != nil }

    private struct Tokens {
        let input: Int
        let output: Int
        var total: Int { self.input.addingReportingOverflow(self.output).partialValue }

        init?(_ usage: Usage) {
            guard usage.inputTokens != nil || usage.outputTokens != nil else { return nil }
            (self.input, self.output) = (usage.inputTokens ?? 0, usage.outputTokens ?? 0)
        }
    }
}
