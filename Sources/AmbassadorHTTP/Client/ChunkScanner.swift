import NIOCore

/// Finds the end of a chunked body (RFC 9112 §7.1) and counts what of it is framing.
///
/// It reads the framing only and takes nothing out: the parser behind reads the same bytes and judges them, too. A body has to
/// please both, so that no laxness of either opens a way for a second request inside of it. Of trailers it is the only judge: nothing
/// in them may change a message that was checked (RFC 9110 §6.5.1), so that the parser is not shown them.
struct ChunkScanner {
    /// Why a body is not one.
    enum Fault: Error {
        /// The framing breaks the grammar, or a chunk is longer than any body may be.
        case malformed
        /// The body is nearly all framing: extensions, trailers or leading zeros.
        case framingTooLong
    }

    private enum State {
        case sizeStart
        case size(digits: Int)
        case sizeExtension
        case sizeLF
        case data
        case dataCR
        case dataLF
        case trailerStart
        case trailerName
        case trailer
        case trailerLF
        case endLF
        case ended
    }

    /// Framing that any body may have; beyond it, so much for each byte of content.
    ///
    /// Even a body sent in chunks of one byte has no more than five bytes of framing a byte.
    private static let framingBytesMax = 4096
    private static let framingBytesMaxPerByte = 8
    private static let trailersMax = 64

    private var state = State.sizeStart
    private var left = 0
    private var framing = 0
    private var content = 0
    private var trailers = 0
    /// What is wrong with the first byte behind those that were taken.
    private(set) var fault: Fault?

    /// Whether the last byte that was scanned ended the body.
    var hasEnded: Bool {
        if case .ended = self.state { true } else { false }
    }

    /// Whether the last chunk was scanned, so that what comes are trailers and the empty line behind them.
    var isInTrailers: Bool {
        switch self.state {
        case .trailerStart, .trailerName, .trailer, .trailerLF, .endLF: true
        default: false
        }
    }

    /// Reads on, up to the beginning of the trailers, the end of the body, or a byte that is wrong.
    ///
    /// - Returns: How many of the bytes belong to the body and are right.
    mutating func scan(_ bytes: ByteBufferView) -> Int {
        var position = bytes.startIndex
        let wasInTrailers = self.isInTrailers
        while position < bytes.endIndex, !self.hasEnded, self.isInTrailers == wasInTrailers {
            if case .data = self.state {
                let taken = min(self.left, bytes.endIndex - position)
                position += taken
                self.left -= taken
                self.content += taken
                if self.left == 0 { self.state = .dataCR }
                continue
            }
            do throws(Fault) {
                self.state = try self.next(bytes[position])
                self.framing += 1
                guard self.framing <= Self.framingBytesMax + Self.framingBytesMaxPerByte * self.content else {
                    throw .framingTooLong
                }
            } catch {
                self.fault = error
                break
            }
            position += 1
        }
        return position - bytes.startIndex
    }

    private mutating func next(_ byte: UInt8) throws(Fault) -> State {
        let carriageReturn = UInt8(ascii: "\r")
        switch self.state {
        case .sizeStart:
            self.left = 0
            return .size(digits: try self.takeDigit(byte, digits: 1))
        case .size(let digits):
            if byte == carriageReturn { return .sizeLF }
            if byte == UInt8(ascii: ";") { return .sizeExtension }
            return .size(digits: try self.takeDigit(byte, digits: digits + 1))
        case .sizeExtension:
            return byte == carriageReturn ? .sizeLF : try Self.checked(byte, .sizeExtension)
        case .sizeLF:
            try Self.requireLF(byte)
            return self.left == 0 ? .trailerStart : .data
        case .dataCR:
            guard byte == carriageReturn else { throw .malformed }
            return .dataLF
        case .dataLF:
            try Self.requireLF(byte)
            return .sizeStart
        case .trailerStart:
            return byte == carriageReturn ? .endLF : try Self.checkedName(byte)
        case .trailerName:
            return byte == UInt8(ascii: ":") ? .trailer : try Self.checkedName(byte)
        case .trailer:
            return byte == carriageReturn ? .trailerLF : try Self.checked(byte, .trailer)
        case .trailerLF:
            try Self.requireLF(byte)
            self.trailers += 1
            guard self.trailers <= Self.trailersMax else { throw .framingTooLong }
            return .trailerStart
        case .endLF:
            try Self.requireLF(byte)
            return .ended
        case .data, .ended:
            preconditionFailure("neither the data of a chunk nor what follows a body is framing")
        }
    }

    /// - Returns: The number of digits, which is at most 16.
    private mutating func takeDigit(_ byte: UInt8, digits: Int) throws(Fault) -> Int {
        guard digits <= 16, let digit = Self.value(ofHexDigit: byte), self.left <= Int.max >> 4 else {
            throw .malformed
        }
        self.left = self.left << 4 | digit
        return digits
    }

    private static func value(ofHexDigit byte: UInt8) -> Int? {
        if byte.isASCIIDigit { return Int(byte - UInt8(ascii: "0")) }
        let lower = byte.asciiLowercase
        return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lower) ? Int(lower - UInt8(ascii: "a")) + 10 : nil
    }

    private static func requireLF(_ byte: UInt8) throws(Fault) {
        guard byte == UInt8(ascii: "\n") else { throw .malformed }
    }

    private static func checkedName(_ byte: UInt8) throws(Fault) -> State {
        guard byte.isToken else { throw .malformed }
        return .trailerName
    }

    /// Within a line of text stands no control byte but the tab.
    private static func checked(_ byte: UInt8, _ state: State) throws(Fault) -> State {
        guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw .malformed }
        return state
    }
}
