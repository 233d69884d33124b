extension JSONParser {
    /// Reads the number that is next, as it is written (RFC 8259 §6).
    mutating func number() throws(JSONError) -> JSONString {
        let start = self.position
        if self.peek() == UInt8(ascii: "-") { self.position += 1 }
        if self.dialect == .python, self.position > start, self.peek() == UInt8(ascii: "I") {
            _ = try self.literal("Infinity", .null)
            return JSONString(buffer: self.slice(start..<self.position))
        }
        let integer = try self.digits(from: start)
        let isZero = self.bytes[integer.lowerBound] == UInt8(ascii: "0")
        guard !isZero || integer.count == 1 else { throw JSONError(offset: start, reason: .malformedNumber) }
        var fraction = self.position..<self.position
        if self.peek() == UInt8(ascii: ".") {
            self.position += 1
            fraction = try self.digits(from: start)
        }
        var exponent = 0
        if self.peek() == UInt8(ascii: "e") || self.peek() == UInt8(ascii: "E") {
            self.position += 1
            let sign = self.peek()
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { self.position += 1 }
            let digits = try self.digits(from: start)
            // Beyond a million it only matters that it is large: a document has fewer digits before or after its point.
            let magnitude = self.bytes[digits].reduce(0) { min(10 * $0 + Int($1 - UInt8(ascii: "0")), 1 << 40) }
            exponent = sign == UInt8(ascii: "-") ? -magnitude : magnitude
        }
        guard self.dialect == .python || self.isFinite(integer: integer, fraction: fraction, exponent: exponent) else {
            throw JSONError(offset: start, reason: .numberOutOfRange)
        }
        return JSONString(buffer: self.slice(start..<self.position))
    }

    private mutating func digits(from start: Int) throws(JSONError) -> Range<Int> {
        let first = self.position
        while let byte = self.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            self.position += 1
        }
        guard self.position > first else {
            throw JSONError(offset: start, reason: self.peek() == nil ? .unexpectedEnd : .malformedNumber)
        }
        return first..<self.position
    }

    /// Whether a double can hold the number; in time that does not depend on how its digits would be rounded.
    private func isFinite(integer: Range<Int>, fraction: Range<Int>, exponent: Int) -> Bool {
        guard integer.count + exponent >= 308 else { return true }
        let digits = [integer, fraction].joined().lazy.map { self.bytes[$0] }
        guard let leadingZeros = digits.enumerated().first(where: { $0.element != UInt8(ascii: "0") })?.offset else {
            return true
        }
        // The number is 0.ddd… times ten to this power, and the largest double is 0.17976931348623157 × 10^309.
        let power = integer.count - leadingZeros + exponent
        guard power == 309 else { return power < 309 }
        let significant = String(decoding: digits.dropFirst(leadingZeros).prefix(40), as: UTF8.self)
        return Double("0.\(significant)e309")?.isFinite ?? false
    }
}
