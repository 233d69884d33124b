/// What every answer to LangFlow's OpenAI-compatible call begins with.
struct LangFlowResponsesHead: Sendable {
    /// The session is the response's id, so that a `previous_response_id` goes on with it.
    let session: EscapedSessionID
    /// The flow as the caller named it.
    let model: FlowName
    /// When the answer was made, in seconds since 1970.
    let createdSeconds: Int64
}
