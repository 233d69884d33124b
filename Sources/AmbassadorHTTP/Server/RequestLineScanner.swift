import NIOCore

/// Checks the shape of a request line (RFC 9112 §3): three parts with one space between, the first of which is a token and the last
/// says HTTP.
///
/// The parser behind takes more than that: several spaces, and other protocols of its family, such as RTSP, whose requests it would
/// give out as ours. What the parts say is the parser's to judge.
struct RequestLineScanner {
    struct Malformed: Error {}

    private enum State {
        /// Empty lines may come before the line (RFC 9112 §2.2).
        case before
        case method
        case targetStart
        case target
        case version(seen: Int)
        case ended
    }

    private static let name = Array("HTTP/".utf8)

    private var state = State.before

    /// Whether a byte of the line came.
    var hasBegun: Bool {
        if case .before = self.state { false } else { true }
    }

    /// Reads on; what follows the line is not looked at.
    ///
    /// - Returns: Whether the bytes may be a request line so far.
    mutating func scan(_ bytes: ByteBufferView) -> Bool {
        let space = UInt8(ascii: " ")
        for byte in bytes {
            switch self.state {
            case .before:
                if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") { continue }
                guard byte.isToken else { return false }
                self.state = .method
            case .method:
                guard byte == space || byte.isToken else { return false }
                if byte == space { self.state = .targetStart }
            case .targetStart:
                guard byte != space else { return false }
                self.state = .target
            case .target:
                if byte == space { self.state = .version(seen: 0) }
            case .version(let seen):
                guard byte == Self.name[seen] else { return false }
                self.state = seen + 1 == Self.name.count ? .ended : .version(seen: seen + 1)
            case .ended:
                return true
            }
        }
        return true
    }
}
