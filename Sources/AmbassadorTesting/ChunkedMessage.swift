/// A chunked response as far as it came.
package struct ChunkedMessage {
    /// The lines of the head behind the first one.
    package var fields: [String] = []
    /// The whole chunks.
    package var chunks: [String] = []
    /// Whether the last chunk came.
    package var isComplete = false
    /// What came behind it.
    package var rest: [UInt8] = []

    /// Reads the first response; `nil` where its head is not there.
    package init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        self.fields = head.split(separator: "\r\n").dropFirst().map(String.init)
        var rest = bytes[end.upperBound...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)),
            let length = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
            rest.endIndex - line.upperBound >= length + 2
        {
            let chunk = rest[line.upperBound..<(line.upperBound + length)]
            rest = rest[(chunk.endIndex + 2)...]
            if length == 0 {
                self.isComplete = true
                break
            }
            self.chunks.append(String(decoding: chunk, as: UTF8.self))
        }
        self.rest = Array(rest)
    }
}
