import NIOCore

/// A stream that came to its end.
struct StreamedRun: Sendable {
    /// The record that ends the stream, which nobody was given yet.
    let last: StreamRecord
    /// The plain answer within it, as LangFlow wrote it; empty where it has none.
    let result: ByteBuffer
    /// As ``Answer/text``.
    let text: ByteBuffer
    let outline: LangFlowAnswer.Outline
    let freshness: AnswerFreshness
}
