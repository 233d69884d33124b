extension JSONParser {
    /// Reads the string whose opening quote is next, and resolves its escapes.
    mutating func string() throws(JSONError) -> JSONString {
        var runStart = self.position + 1
        self.position = runStart
        var decoded: [UInt8] = []
        while true {
            self.skipPlainRun()
            switch self.peek() {
            case nil:
                throw self.error(.unexpectedEnd)
            case UInt8(ascii: "\"")?:
                let run = runStart..<self.position
                self.position += 1
                guard !decoded.isEmpty else { return JSONString(buffer: self.slice(run)) }
                decoded.append(contentsOf: UnsafeRawBufferPointer(rebasing: self.bytes[run]))
                return JSONString(bytes: decoded)
            case UInt8(ascii: "\\")?:
                decoded.append(contentsOf: UnsafeRawBufferPointer(rebasing: self.bytes[runStart..<self.position]))
                try self.escape(into: &decoded)
                runStart = self.position
            case let byte? where byte < 0x20:
                throw self.error(.controlCharacter(byte))
            case let byte?:
                try self.skipSequence(lead: byte)
            }
        }
    }

    /// Moves on to the next byte that is not plain: a quote, a backslash, a control character, or one beyond ASCII.
    private mutating func skipPlainRun() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        // Eight at a time. A byte's high bit ends up set where it is below 0x20, equals the quote or the backslash, or is not
        // ASCII; a borrow can set the bit of the byte after a match too, which costs nothing: the word is looked at again.
        while self.position + 8 <= self.bytes.count {
            let word = self.bytes.loadUnaligned(fromByteOffset: self.position, as: UInt64.self)
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let marks = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | word
            guard marks & highs == 0 else { break }
            self.position += 8
        }
        while let byte = self.peek(), byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
        {
            self.position += 1
        }
    }

    /// Moves past one well-formed sequence of two to four bytes (The Unicode Standard, table 3-7).
    private mutating func skipSequence(lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw self.error(.invalidUTF8)
        }
        let end = self.position + length
        guard end <= self.bytes.count, second.contains(self.bytes[self.position + 1]) else {
            throw self.error(.invalidUTF8)
        }
        for index in self.position + 2..<end where self.bytes[index] & 0xC0 != 0x80 {
            throw self.error(.invalidUTF8)
        }
        self.position = end
    }

    /// Resolves the escape whose backslash is next.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = self.position
        guard start + 1 < self.bytes.count else {
            self.position = self.bytes.count
            throw self.error(.unexpectedEnd)
        }
        switch self.bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(self.bytes[start + 1])
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): return try self.unicodeEscape(into: &decoded)
        default: throw self.error(.invalidEscape)
        }
        self.position = start + 2
    }

    private mutating func unicodeEscape(into decoded: inout [UInt8]) throws(JSONError) {
        let first = try self.codeUnit(at: self.position)
        var length = 6
        var value = first
        switch first {
        case 0xD800..<0xE000:
            guard let second = try self.secondHalf(after: first) else {
                return try self.loneHalf(first, into: &decoded)
            }
            value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
            length = 12
        default:
            break
        }
        guard let scalar = Unicode.Scalar(value) else { throw self.error(.loneSurrogate) }
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        self.position += length
    }

    /// The half of a surrogate pair that follows an escaped first one; `nil` where there is none.
    private func secondHalf(after first: UInt32) throws(JSONError) -> UInt32? {
        let next = self.position + 6
        guard first < 0xDC00, next + 1 < self.bytes.count, self.bytes[next] == UInt8(ascii: "\\"),
            self.bytes[next + 1] == UInt8(ascii: "u")
        else { return nil }
        let second = try self.codeUnit(at: next)
        return (0xDC00..<0xE000).contains(second) ? second : nil
    }

    private mutating func loneHalf(_ half: UInt32, into decoded: inout [UInt8]) throws(JSONError) {
        guard self.dialect == .python else { throw self.error(.loneSurrogate) }
        let bits = [0xE0 | half >> 12, 0x80 | half >> 6 & 0x3F, 0x80 | half & 0x3F]
        decoded.append(contentsOf: bits.map { UInt8(truncatingIfNeeded: $0) })
        self.position += 6
    }

    /// The four hexadecimal digits, in either case, of the escape that begins at an index.
    private func codeUnit(at index: Int) throws(JSONError) -> UInt32 {
        guard index + 6 <= self.bytes.count else { throw self.error(.invalidEscape) }
        var unit: UInt32 = 0
        for byte in self.bytes[index + 2..<index + 6] {
            let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
            guard let digit = HexDigits.value(ofLowercase: isUppercase ? byte | 0x20 : byte) else {
                throw self.error(.invalidEscape)
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
