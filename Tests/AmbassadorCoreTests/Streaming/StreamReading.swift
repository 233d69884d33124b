import NIOCore

@testable import AmbassadorCore

/// What a caller gets of a response that may be a stream.
struct StreamReading {
    var text = ""
    /// Whether the body came to its end, as its framing would say.
    var isComplete = false

    /// Reads a response to its end.
    init(_ response: Response) async {
        guard case .stream(let stream) = response.content else {
            self.text = response.text
            self.isComplete = true
            return
        }
        while true {
            switch await stream.next() {
            case .bytes(let bytes): self.text += String(buffer: bytes)
            case .end:
                self.isComplete = true
                return
            case .broken: return
            }
        }
    }

    /// The names of the events, in order.
    var events: [String] {
        get throws {
            try self.records.map { try JSONParser.parse(ByteBuffer(string: $0))["event"]?.string?.text ?? "" }
        }
    }

    /// The records without what ends them.
    var records: [String] {
        self.text.components(separatedBy: "\n\n").dropLast()
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        self.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
