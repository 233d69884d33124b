package import NIOCore

/// A complete answer of LangFlow's, ready to be sent to anybody who may have it.
///
/// Immutable and shared by reference, like the entry that keeps it.
package final class Answer: Sendable, Equatable {
    /// How an answer reaches its reader.
    package enum Form: UInt8, Sendable, CaseIterable {
        /// One JSON document; `application/json`.
        case document = 0
        /// The records of a stream in LangFlow's own framing, each with the empty line that ends it; `text/event-stream`.
        case records = 1
    }

    package let form: Form
    /// LangFlow's bytes, with nothing where session ids stood.
    ///
    /// Never empty.
    package let body: ByteBuffer
    /// Where in `body` the reader's own session id belongs, ascending, as offsets from its first readable byte.
    package let sessionOffsets: [Int]
    /// The answer's text alone, UTF-8: the first non-empty output message, with a mark where the reader's session id belongs; see
    /// ``text(for:)``.
    package let text: ByteBuffer

    package init(form: Form = .document, body: ByteBuffer, sessionOffsets: [Int], text: ByteBuffer) {
        self.form = form
        self.body = body
        self.sessionOffsets = sessionOffsets
        self.text = text
    }

    package static func == (left: Answer, right: Answer) -> Bool {
        left.form == right.form && left.body == right.body && left.sessionOffsets == right.sessionOffsets
            && left.text == right.text
    }
}
