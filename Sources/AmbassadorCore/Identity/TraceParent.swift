/// What a `traceparent` header says (W3C Trace Context §3.2.2: `version-id-parent-flags`, 55 bytes), but for the parent's own id.
package struct TraceParent: Hashable, Sendable {
    package let trace: TraceID
    package let flags: UInt8

    /// Reads a header's value; of versions that are not known yet what the first one has.
    ///
    /// - Returns: `nil` where the value is not a valid one; version `ff` and ids of zeros are not.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count >= 55 else { return nil }
        var (version, high, low, parent, flags) = (UInt8(0), UInt64(0), UInt64(0), UInt64(0), UInt8(0))
        var position = 0
        for byte in bytes.prefix(56) {
            defer { position += 1 }
            if position == 2 || position == 35 || position == 52 || position == 55 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = HexDigits.value(ofLowercase: byte) else { return nil }
            switch position {
            case 0..<2: version = version << 4 | digit
            case 3..<19: high = high << 4 | UInt64(digit)
            case 19..<35: low = low << 4 | UInt64(digit)
            case 36..<52: parent = parent << 4 | UInt64(digit)
            default: flags = flags << 4 | digit
            }
        }
        // The first version ends with the flags; later ones may have more.
        guard version != 0xFF, version != 0 || position == 55, parent != 0 else { return nil }
        guard let trace = TraceID(high: high, low: low) else { return nil }
        (self.trace, self.flags) = (trace, flags)
    }
}
