import NIOCore
import NIOHTTP1

/// Finds where an answer ends (RFC 9112 §6), so that no byte behind it is taken for a part of it, or of the next one.
///
/// The parser behind reads the same bytes and judges them; what is sent without being asked for never gets that far.
struct AnswerFramer {
    private enum State {
        /// Nothing was asked for, or the answer is complete.
        case ended
        /// In a head, and in a line of it of which so many bytes have come.
        case head(bytes: Int, lineBytes: Int, endsInCR: Bool)
        /// A head is complete, of which the parser has not said yet what it is.
        case headEnded
        case length(Int)
        case chunked(ChunkScanner)
        case untilClose
    }

    /// Most bytes of a head with its status line: the parser bounds fields alone.
    private static let headBytesMax = 512 << 10

    private var state = State.ended

    /// Whether the answer may end here: with the last byte that was scanned, or because the connection ends.
    var mayEnd: Bool {
        switch self.state {
        case .ended, .untilClose: true
        default: false
        }
    }

    /// Whether what comes next of a body are its trailers.
    var isInTrailers: Bool {
        if case .chunked(let scanner) = self.state { scanner.isInTrailers } else { false }
    }

    /// A request was sent.
    mutating func expect() {
        self.state = .head(bytes: 0, lineBytes: 0, endsInCR: false)
    }

    /// Reads on, at most to the end of a head or of the answer.
    ///
    /// - Returns: how many of the bytes belong to it; at least one.
    mutating func scan(_ bytes: ByteBufferView) throws(HTTPCallError) -> Int {
        switch self.state {
        case .ended:
            throw .malformed("bytes that belong to no answer")
        case .head(let count, let lineBytes, let endsInCR):
            return try self.scanHead(bytes, count, lineBytes, endsInCR)
        case .headEnded:
            // The parser said nothing of it: it was one of those before the answer (RFC 9110 §15.2).
            return try self.scanHead(bytes, 0, 0, false)
        case .length(let left):
            let count = min(left, bytes.count)
            self.state = count == left ? .ended : .length(left - count)
            return count
        case .chunked(var scanner):
            let count = scanner.scan(bytes)
            if let fault = scanner.fault { throw .malformed("chunked body: \(fault)") }
            self.state = scanner.hasEnded ? .ended : .chunked(scanner)
            return count
        case .untilClose:
            return bytes.count
        }
    }

    /// The parser has read the head that ended with the last byte.
    mutating func begin(_ head: HTTPResponseHead) throws(HTTPCallError) {
        guard case .headEnded = self.state else {
            throw .malformed("a head that ends with another line end than CR LF")
        }
        self.state = try Self.body(of: head)
    }

    /// Looks for the empty line that ends a head.
    private mutating func scanHead(
        _ bytes: ByteBufferView,
        _ count: Int,
        _ lineBytes: Int,
        _ endsInCR: Bool
    ) throws(HTTPCallError) -> Int {
        // A TLS alert: the server did not understand what it got. No status line begins so.
        if count == 0, lineBytes == 0, bytes.first == 0x15 { throw .speaksTLS }
        var (lineBytes, endsInCR) = (lineBytes, endsInCR)
        var position = bytes.startIndex
        while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > position { endsInCR = bytes[end - 1] == UInt8(ascii: "\r") }
            let isEmpty = lineBytes + end - position == 1 && endsInCR
            position = end + 1
            guard !isEmpty else {
                self.state = .headEnded
                return position - bytes.startIndex
            }
            (lineBytes, endsInCR) = (0, false)
        }
        guard count + bytes.count <= Self.headBytesMax else {
            throw .malformed("a head of over \(Self.headBytesMax) bytes")
        }
        if let last = bytes[position...].last { endsInCR = last == UInt8(ascii: "\r") }
        self.state = .head(
            bytes: count + bytes.count,
            lineBytes: lineBytes + bytes.endIndex - position,
            endsInCR: endsInCR
        )
        return bytes.count
    }

    private static func body(of head: HTTPResponseHead) throws(HTTPCallError) -> State {
        if (100..<200).contains(head.status.code) || head.status == .noContent || head.status == .notModified {
            return .ended
        }
        let codings = head.headers["transfer-encoding"]
        let lengths = head.headers["content-length"]
        guard codings.isEmpty || lengths.isEmpty else { throw .malformed("Content-Length beside Transfer-Encoding") }
        if let coding = codings.first {
            let isChunked = codings.count == 1 && coding.utf8.equalsIgnoringCase("chunked")
            return isChunked ? .chunked(ChunkScanner()) : .untilClose
        }
        guard let first = lengths.first else { return .untilClose }
        guard lengths.count == 1, (1...18).contains(first.utf8.count), first.utf8.allSatisfy(\.isASCIIDigit),
            let length = Int(first)
        else { throw .malformed("a Content-Length that is not one number") }
        return length == 0 ? .ended : .length(length)
    }
}
