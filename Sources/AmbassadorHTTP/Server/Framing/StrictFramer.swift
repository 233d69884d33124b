import AmbassadorCore

/// Reads heads of the narrow kind that callers really send, and takes out of them what changes from request to request.
///
/// What is left is the head's pattern: two heads with one pattern mean the same, but for the length of the content and the trace id,
/// which are given beside it. Whatever is not of that kind, byte for byte, is the parser's to read:
///
///     "POST " 1*target-byte " HTTP/1.1" CRLF 1*( 1*tchar ":" [ SP ] value CRLF ) CRLF
///
/// A target begins with a slash and has no byte outside of `!` to `~`; a value has none outside of space to `~` and neither begins nor
/// ends with a blank; one field is `Content-Length`, with at most six digits, the first of which is not zero. That is a part of RFC 9112 §2–§6 in which nothing can be
/// read in two ways. Reused for one head after the other; belongs to one event loop.
package struct StrictFramer {
    /// Longer heads are the parser's.
    package static let headBytesMax = 2 * 1024
    private static let fieldsMax = 64
    /// Longer values of what changes are the parser's.
    private static let valueBytesMax = 512

    /// The pattern of the head that was read last.
    package private(set) var pattern: [UInt8] = []
    private var fields = 0
    private var contentLength: Int?
    private var ownTrace: TraceID?
    private var ownTraces = 0
    private var parent: TraceParent?
    private var parents = 0
    /// Where the value of `tracestate` stands in the head.
    private var state: Range<Int>?

    package init() {
        self.pattern.reserveCapacity(Self.headBytesMax)
    }

    /// Reads the head that the bytes begin with.
    ///
    /// - Returns: `nil` where it is not of the narrow kind, or not all there.
    package mutating func frame(_ bytes: UnsafeRawBufferPointer) -> FramedHead? {
        self.pattern.removeAll(keepingCapacity: true)
        (self.fields, self.contentLength) = (0, nil)
        (self.ownTrace, self.ownTraces, self.parent, self.parents, self.state) = (nil, 0, nil, 0, nil)
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.headBytesMax))
        guard var position = Self.requestLineEnd(in: bytes) else { return nil }
        self.pattern.append(contentsOf: bytes[..<position])
        while position + 1 < bytes.count, bytes[position] != UInt8(ascii: "\r") {
            guard let end = self.readField(in: bytes, from: position) else { return nil }
            position = end
        }
        guard Self.isLineEnd(in: bytes, at: position), self.fields > 0, let contentLength = self.contentLength else {
            return nil
        }
        // As ``RequestFields/callerTraceID``: a repeated field is ignored.
        let parent = self.parents == 1 ? self.parent : nil
        return FramedHead(
            byteCount: position + 2,
            contentLength: contentLength,
            traceID: parent?.trace ?? (self.ownTraces == 1 ? self.ownTrace : nil),
            parentFlags: parent?.flags,
            traceState: self.state
        )
    }

    /// Where the fields begin.
    private static func requestLineEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        let (start, end): (StaticString, StaticString) = ("POST /", " HTTP/1.1\r\n")
        guard Self.has(start, in: bytes, at: 0) else { return nil }
        var position = start.utf8CodeUnitCount
        while position < bytes.count, (0x21...0x7E).contains(bytes[position]) { position += 1 }
        guard Self.has(end, in: bytes, at: position) else { return nil }
        return position + end.utf8CodeUnitCount
    }

    /// Reads one line.
    ///
    /// - Returns: where the next one begins.
    private mutating func readField(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while position < bytes.count, bytes[position].isToken { position += 1 }
        guard position > start, position < bytes.count, bytes[position] == UInt8(ascii: ":") else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        position += 1
        if position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        let valueStart = position
        while position < bytes.count, (0x20...0x7E).contains(bytes[position]) { position += 1 }
        let value = UnsafeRawBufferPointer(rebasing: bytes[valueStart..<position])
        guard Self.isLineEnd(in: bytes, at: position), value.first != 0x20, value.last != 0x20 else { return nil }
        self.fields += 1
        guard self.fields <= Self.fieldsMax, !Self.changesMessage(name) else { return nil }
        if Self.mayChange(name) {
            guard value.count <= Self.valueBytesMax, self.takeOwn(name, value, at: valueStart) else { return nil }
            self.pattern.append(contentsOf: bytes[start..<valueStart])
        } else {
            self.pattern.append(contentsOf: bytes[start..<position])
        }
        // Ends the line in the pattern; a value has no such byte.
        self.pattern.append(UInt8(ascii: "\n"))
        return position + 2
    }

    /// Whether a field makes a message or its connection something else than a head with its content.
    private static func changesMessage(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 6: name.equalsIgnoringCase("expect")
        case 7: name.equalsIgnoringCase("trailer")
        case 16: name.equalsIgnoringCase("proxy-connection")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }

    /// Whether a field's value is the request's own: by the length of its name first, which tells most apart.
    private static func mayChange(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 10: name.equalsIgnoringCase("tracestate") || name.equalsIgnoringCase("x-trace-id")
        case 11: name.equalsIgnoringCase("traceparent")
        case 12: name.equalsIgnoringCase("x-request-id")
        case 14: name.equalsIgnoringCase("content-length")
        default: false
        }
    }

    /// Takes a value out of the head.
    ///
    /// - Returns: `false` where the parser has to see it.
    private mutating func takeOwn(
        _ name: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        at start: Int
    ) -> Bool {
        switch name.count {
        case 14:
            guard self.contentLength == nil, let length = Self.length(value) else { return false }
            self.contentLength = length
        case 11:
            self.parents += 1
            self.parent = TraceParent(value)
        case 10 where name.equalsIgnoringCase("x-trace-id"):
            self.ownTraces += 1
            self.ownTrace = TraceID(hex: value)
        case 10:
            // Several lines are one value (W3C Trace Context §3.3.1.5), which is put together elsewhere.
            guard self.state == nil else { return false }
            self.state = start..<start + value.count
        default:
            // Nothing here looks at it.
            break
        }
        return true
    }

    private static func length(_ digits: UnsafeRawBufferPointer) -> Int? {
        guard (1...6).contains(digits.count), digits[0] != UInt8(ascii: "0") else { return nil }
        var length = 0
        for digit in digits {
            guard digit.isASCIIDigit else { return nil }
            length = length * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return length
    }

    private static func isLineEnd(in bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\r") && bytes[position + 1] == UInt8(ascii: "\n")
    }

    private static func has(_ text: StaticString, in bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { bytes[position..<position + $0.count].elementsEqual($0) }
    }
}
