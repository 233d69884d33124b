package import NIOCore

/// A JSON string after its escapes were resolved: valid UTF-8, compared, ordered and hashed as bytes.
///
/// `String ==` calls NFC and NFD equal, so that two names or two questions could be taken for one.
package struct JSONString: Hashable, Comparable, Sendable {
    /// Where it was written without escapes, a part of the document, which it keeps in memory.
    package let buffer: ByteBuffer

    /// - Parameter buffer: whose readable bytes are valid UTF-8.
    package init(buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// - Parameter bytes: valid UTF-8.
    package init(bytes: [UInt8]) {
        self.buffer = ByteBuffer(bytes: bytes)
    }

    package init(_ text: String) {
        self.buffer = ByteBuffer(string: text)
    }

    package var bytes: ByteBufferView { self.buffer.readableBytesView }

    /// The text, for what people read; never to be compared.
    package var text: String { String(buffer: self.buffer) }

    /// Whether the bytes are those of a literal.
    package func isEqual(to literal: StaticString) -> Bool {
        guard literal.utf8CodeUnitCount == self.buffer.readableBytes else { return false }
        return literal.withUTF8Buffer { literal in
            self.buffer.withUnsafeReadableBytes { $0.elementsEqual(literal) }
        }
    }

    /// Orders by bytes, which for UTF-8 is the order of the code points.
    package static func < (left: JSONString, right: JSONString) -> Bool {
        left.buffer.withUnsafeReadableBytes { left in
            right.buffer.withUnsafeReadableBytes { left.precedes($0) }
        }
    }

    package func hash(into hasher: inout Hasher) {
        self.buffer.withUnsafeReadableBytes { hasher.combine(bytes: $0) }
        hasher.combine(self.buffer.readableBytes)
    }
}
