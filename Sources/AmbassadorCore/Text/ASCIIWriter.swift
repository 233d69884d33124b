package import NIOCore

/// Writes short texts one after the other into memory that was set aside for them.
///
/// A head is a dozen pieces of a few bytes. ``ByteBuffer`` asks for each of them anew whether its memory is its own and large enough;
/// here that is asked once for all. Its methods have the names that they have there.
package struct ASCIIWriter: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    /// The bytes that were written.
    package private(set) var count = 0

    fileprivate init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    package mutating func writeStaticString(_ text: StaticString) {
        self.writeBytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func writeString(_ text: String) {
        var text = text
        text.withUTF8 { self.writeBytes(UnsafeRawBufferPointer($0)) }
    }

    package mutating func writeBytes(_ bytes: UnsafeRawBufferPointer) {
        self.take(bytes.count).copyMemory(from: bytes)
    }

    /// Writes a number without leading zeros, with a sign where it is negative.
    package mutating func writeDecimal(_ number: Int) {
        if number < 0 { self.writeStaticString("-") }
        var rest = number.magnitude
        var digits = 1
        var scale: UInt = 10
        while digits < 19, rest >= scale {
            digits += 1
            scale &*= 10
        }
        // Of 64 bits the largest numbers have twenty digits, for which no scale is left.
        if digits == 19, rest >= scale { digits = 20 }
        let place = self.take(digits)
        for position in stride(from: digits - 1, through: 0, by: -1) {
            place[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Writes the sixteen digits of a word, the highest first.
    package mutating func writeHexadecimal(_ word: UInt64) {
        let place = self.take(16)
        let (high, low) = HexDigits.digits(of: word)
        place.storeBytes(of: high.bigEndian, as: UInt64.self)
        place.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    private mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(count <= self.memory.count - self.count, "more was written than was set aside")
        let place = UnsafeMutableRawBufferPointer(rebasing: self.memory[self.count..<self.count + count])
        self.count += count
        return place
    }
}

extension ByteBuffer {
    /// Appends what `body` writes, which must be no more than `bytesMax`.
    package mutating func writeASCII(atMost bytesMax: Int, _ body: (inout ASCIIWriter) -> Void) {
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax) { memory in
            var writer = ASCIIWriter(memory)
            body(&writer)
            return writer.count
        }
    }
}

extension String {
    /// The text that `body` writes, which must be no more than `bytesMax`.
    package init(asciiAtMost bytesMax: Int, _ body: (inout ASCIIWriter) -> Void) {
        self.init(unsafeUninitializedCapacity: bytesMax) { memory in
            var writer = ASCIIWriter(UnsafeMutableRawBufferPointer(memory))
            body(&writer)
            return writer.count
        }
    }
}
