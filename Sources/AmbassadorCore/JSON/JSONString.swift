/// A JSON string after its escapes were resolved: valid UTF-8, compared, ordered and hashed as bytes.
///
/// `String ==` calls NFC and NFD equal, so that two names or two questions could be taken for one.
package struct JSONString: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: valid UTF-8.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The text, for what people read; never to be compared.
    package var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Whether the bytes are those of a literal.
    package func isEqual(to literal: StaticString) -> Bool {
        guard literal.utf8CodeUnitCount == self.bytes.count else { return false }
        return literal.withUTF8Buffer { $0.elementsEqual(self.bytes) }
    }

    /// Orders by bytes, which for UTF-8 is the order of the code points.
    package static func < (left: JSONString, right: JSONString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        // In one piece: an array's own hash takes its elements one at a time.
        self.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(self.bytes.count)
    }
}
