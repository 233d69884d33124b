import NIOCore

/// Finds where a member's value stands in a document that is known to be valid JSON.
///
/// A value that is to be passed on keeps its bytes: written anew, it would have another order, other spaces and other numbers.
enum JSONSpan {
    /// The bytes of the value that a path of member names leads to, as offsets from the first readable byte.
    ///
    /// - Parameters:
    ///   - path: names that no JSON writer escapes.
    ///   - document: its readable bytes.
    /// - Returns: `nil` where there is no such member, or where the document is not valid after all.
    static func ofValue(at path: [StaticString], in document: ByteBuffer) -> Range<Int>? {
        document.withUnsafeReadableBytes { bytes in
            var scanner = Scanner(bytes: bytes)
            for name in path {
                guard scanner.enterMember(name) else { return nil }
            }
            scanner.skipWhiteSpace()
            let start = scanner.position
            guard scanner.skipValue() else { return nil }
            return start..<scanner.position
        }
    }

    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        private var byte: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

        mutating func skipWhiteSpace() {
            while let byte = self.byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                self.position += 1
            }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            self.skipWhiteSpace()
            guard self.byte == byte else { return false }
            self.position += 1
            return true
        }

        /// Moves to the value of a member of the object that stands here.
        mutating func enterMember(_ name: StaticString) -> Bool {
            guard self.take(UInt8(ascii: "{")) else { return false }
            repeat {
                self.skipWhiteSpace()
                let start = self.position
                guard self.skipString() else { return false }
                let found = self.bytes[(start + 1)..<(self.position - 1)]
                let isIt = name.withUTF8Buffer { $0.elementsEqual(found) }
                guard self.take(UInt8(ascii: ":")) else { return false }
                if isIt { return true }
                guard self.skipValue() else { return false }
            } while self.take(UInt8(ascii: ","))
            return false
        }

        /// Skips a value without recursion: where it ends is a matter of brackets outside of strings.
        mutating func skipValue() -> Bool {
            self.skipWhiteSpace()
            var depth = 0
            repeat {
                guard let byte = self.byte else { return false }
                switch byte {
                case UInt8(ascii: "\""):
                    guard self.skipString() else { return false }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    self.position += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    self.position += 1
                default:
                    self.skipPlain()
                }
            } while depth > 0
            return depth == 0
        }

        /// Skips what is neither a string nor a bracket: numbers, literals and what stands between values.
        private mutating func skipPlain() {
            let start = self.position
            while let byte = self.byte, !"\"{}[]".utf8.contains(byte) {
                // A lone number ends before what follows it; within brackets it makes no difference.
                if byte == UInt8(ascii: ","), self.position > start { return }
                self.position += 1
            }
        }

        private mutating func skipString() -> Bool {
            guard self.byte == UInt8(ascii: "\"") else { return false }
            self.position += 1
            while let byte = self.byte {
                self.position += byte == UInt8(ascii: "\\") ? 2 : 1
                if byte == UInt8(ascii: "\"") { return true }
            }
            return false
        }
    }
}
