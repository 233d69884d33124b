package import NIOCore

/// A strict parser of JSON documents (RFC 8259, UTF-8).
///
/// What parsers disagree about is an error here, so that the ambassador and LangFlow never read one request in two ways:
/// duplicate names (after their escapes were resolved), byte order marks, trailing commas, comments, lone surrogates, invalid
/// UTF-8, and numbers that a double cannot hold.
///
/// Bound: time is linear in the document's length, 20 to 150 ms for each MiB of the worst (many short values). Memory for a value is up to
/// 64 bytes and its share of an allocation for each array or object, so up to 50 times the document; the stack holds ``depthMax`` levels.
package struct JSONParser {
    private let document: ByteBuffer
    let bytes: UnsafeRawBufferPointer
    let depthMax: Int
    let dialect: JSONDialect
    var position = 0
    // Of all arrays and objects that are open: each is made once it is known how many it has.
    private var elements: [JSONValue] = []
    private var members: [JSONMember] = []

    /// Objects with more members than this look for duplicate names in a set, because scanning would be quadratic.
    private static let scannedMembersMax = 32

    private init(document: ByteBuffer, bytes: UnsafeRawBufferPointer, depthMax: Int, dialect: JSONDialect) {
        self.document = document
        self.bytes = bytes
        self.depthMax = depthMax
        self.dialect = dialect
    }

    /// Parses the readable bytes as one document.
    ///
    /// - Parameters:
    ///   - bytes: of which the readable ones are parsed, all of them.
    ///   - depthMax: how many arrays and objects may be open at once; the parser's stack grows with it.
    ///   - dialect: whether anything beyond RFC 8259 is taken.
    /// - Returns: the document's value.
    /// - Throws: the first thing that is wrong.
    package static func parse(
        _ bytes: ByteBuffer,
        depthMax: Int = 64,
        dialect: JSONDialect = .strict
    ) throws(JSONError) -> JSONValue {
        let document = bytes
        let result = document.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONError) in
                var parser = JSONParser(document: document, bytes: bytes, depthMax: depthMax, dialect: dialect)
                return try parser.wholeDocument()
            }
        }
        return try result.get()
    }

    private mutating func wholeDocument() throws(JSONError) -> JSONValue {
        if self.bytes.count >= 3, self.bytes[0] == 0xEF, self.bytes[1] == 0xBB, self.bytes[2] == 0xBF {
            throw self.error(.byteOrderMark)
        }
        self.skipWhiteSpace()
        guard self.position < self.bytes.count else { throw self.error(.empty) }
        let value = try self.value(depth: 0)
        self.skipWhiteSpace()
        guard self.position == self.bytes.count else { throw self.unexpected(.endOfDocument) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = self.peek() else { throw self.unexpected(.value) }
        return switch byte {
        case UInt8(ascii: "\""): .string(try self.string())
        case UInt8(ascii: "{"): try self.object(depth: depth + 1)
        case UInt8(ascii: "["): try self.array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try self.number())
        case UInt8(ascii: "t"): try self.literal("true", .bool(true))
        case UInt8(ascii: "f"): try self.literal("false", .bool(false))
        case UInt8(ascii: "n"): try self.literal("null", .null)
        case UInt8(ascii: "N") where self.dialect == .python: try self.literal("NaN", .number(JSONString("NaN")))
        case UInt8(ascii: "I") where self.dialect == .python:
            try self.literal("Infinity", .number(JSONString("Infinity")))
        default: throw self.unexpected(.value)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= self.depthMax else { throw self.error(.tooDeep(depthMax: self.depthMax)) }
        self.position += 1
        self.skipWhiteSpace()
        if self.take(UInt8(ascii: "}")) { return .object([]) }
        let first = self.members.count
        var names: Set<JSONString> = []
        while true {
            let offset = self.position
            guard self.peek() == UInt8(ascii: "\"") else { throw self.unexpected(.memberName) }
            let name = try self.string()
            guard Self.isNew(name, members: self.members[first...], names: &names) else {
                throw JSONError(offset: offset, reason: .duplicateMember(PrintableExcerpt.of(name.bytes)))
            }
            self.skipWhiteSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.unexpected(.colon) }
            self.skipWhiteSpace()
            let value = try self.value(depth: depth)
            self.members.append(JSONMember(name: name, value: value))
            self.skipWhiteSpace()
            if self.take(UInt8(ascii: "}")) {
                defer { self.members.removeSubrange(first...) }
                return .object(Array(self.members[first...]))
            }
            guard self.take(UInt8(ascii: ",")) else { throw self.unexpected(.commaOrBrace) }
            self.skipWhiteSpace()
        }
    }

    private static func isNew(
        _ name: JSONString,
        members: ArraySlice<JSONMember>,
        names: inout Set<JSONString>
    ) -> Bool {
        if members.count < Self.scannedMembersMax {
            return !members.contains { $0.name == name }
        }
        if names.isEmpty {
            names.formUnion(members.lazy.map(\.name))
        }
        // Swift seeds its hashes anew in every process, so that nobody can prepare names that collide.
        return names.insert(name).inserted
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= self.depthMax else { throw self.error(.tooDeep(depthMax: self.depthMax)) }
        self.position += 1
        self.skipWhiteSpace()
        if self.take(UInt8(ascii: "]")) { return .array([]) }
        let first = self.elements.count
        while true {
            let value = try self.value(depth: depth)
            self.elements.append(value)
            self.skipWhiteSpace()
            if self.take(UInt8(ascii: "]")) {
                defer { self.elements.removeSubrange(first...) }
                return .array(Array(self.elements[first...]))
            }
            guard self.take(UInt8(ascii: ",")) else { throw self.unexpected(.commaOrBracket) }
            self.skipWhiteSpace()
        }
    }

    mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = self.position + text.utf8CodeUnitCount
        guard end <= self.bytes.count else { throw self.unexpected(.value) }
        let isEqual = text.withUTF8Buffer { $0.elementsEqual(self.bytes[self.position..<end]) }
        guard isEqual else { throw self.unexpected(.value) }
        self.position = end
        return value
    }

    private mutating func skipWhiteSpace() {
        while let byte = self.peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            self.position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.peek() == byte else { return false }
        self.position += 1
        return true
    }

    /// The part of the document between two positions.
    func slice(_ range: Range<Int>) -> ByteBuffer {
        guard let slice = self.document.getSlice(at: self.document.readerIndex + range.lowerBound, length: range.count)
        else { preconditionFailure("a part of the document is not in it") }
        return slice
    }

    func peek() -> UInt8? {
        self.position < self.bytes.count ? self.bytes[self.position] : nil
    }

    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: self.position, reason: reason)
    }

    private func unexpected(_ expected: JSONError.Expectation) -> JSONError {
        guard let byte = self.peek() else { return self.error(.unexpectedEnd) }
        return self.error(.unexpectedByte(byte, expected: expected))
    }
}
