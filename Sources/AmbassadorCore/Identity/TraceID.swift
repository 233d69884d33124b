package import NIOCore

/// A request's id: 128 bits, shown as 32 lower-case hexadecimal digits, never all zero (W3C Trace Context §3.2.2.3).
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// Takes the two halves of an id, for example from the store.
    ///
    /// - Returns: `nil` for the id that is all zero, which Trace Context forbids.
    package init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    private init(nonZeroHigh high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes an id that no other has; who knows one can tell the next, so that it is no secret.
    package static func random() -> TraceID {
        let (high, low) = TraceSequence.shared.next()
        return TraceID(nonZeroHigh: max(1, high), low: low)
    }

    /// Reads exactly 32 lower-case hexadecimal digits.
    ///
    /// - Returns: `nil` for anything else, upper case and the id of zeros included.
    package init?(hex bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for byte in bytes {
            guard let digit = HexDigits.value(ofLowercase: byte) else { return nil }
            halves.0 = halves.0 << 4 | halves.1 >> 60
            halves.1 = halves.1 << 4 | UInt64(digit)
        }
        self.init(high: halves.0, low: halves.1)
    }

    package var description: String {
        String(asciiAtMost: 32) { self.write(into: &$0) }
    }

    /// Appends the 32 digits.
    package func write(into buffer: inout ByteBuffer) {
        HexDigits.write(self.high, into: &buffer)
        HexDigits.write(self.low, into: &buffer)
    }

    /// Appends the 32 digits.
    package func write(into writer: inout ASCIIWriter) {
        writer.writeHexadecimal(self.high)
        writer.writeHexadecimal(self.low)
    }
}
