import NIOCore

/// Cuts a stream's bytes into records: each ends with an empty line.
///
/// LangFlow separates its JSON objects so, and server-sent events are separated so (WHATWG HTML §9.2). Neither has an empty line
/// within a record, since JSON escapes the line breaks of its strings.
struct RecordSplitter {
    /// The longest record, in bytes.
    let recordBytesMax: Int
    private(set) var buffer = ByteBuffer()
    /// How much of the buffer is known to hold no end.
    private var scanned = 0

    init(recordBytesMax: Int) {
        self.recordBytesMax = recordBytesMax
    }

    /// Whether a record has begun that did not end.
    var hasRest: Bool { self.buffer.readableBytes > 0 }

    /// What has come of a record that did not end.
    var rest: ByteBuffer { self.buffer.slice() }

    /// Takes bytes as they came.
    mutating func append(_ bytes: ByteBuffer) {
        if self.buffer.readableBytes == 0 {
            self.buffer = bytes
            self.scanned = 0
        } else {
            // Where no piece ends with a record, nothing else gives up the room of the records that were taken.
            self.buffer.discardReadBytes()
            self.buffer.writeImmutableBuffer(bytes)
        }
        self.skipLineBreaks()
    }

    /// The next whole record with the empty line that ends it.
    ///
    /// - Returns: `nil` where the rest is yet to come.
    /// - Throws: `invalid` for a record over the limit.
    mutating func next() throws(UpstreamError) -> ByteBuffer? {
        guard let length = self.recordLength() else {
            guard self.buffer.readableBytes <= self.recordBytesMax else { throw Self.tooLong }
            return nil
        }
        guard length <= self.recordBytesMax, let record = self.buffer.readSlice(length: length) else {
            throw Self.tooLong
        }
        self.scanned = 0
        self.skipLineBreaks()
        return record
    }

    private static let tooLong = UpstreamError.invalid(UpstreamCause(.tooLarge, "a record of a stream"))

    private mutating func recordLength() -> Int? {
        let (scanned, end) = self.buffer.withUnsafeReadableBytes { bytes -> (Int, Int?) in
            var position = self.scanned
            while position + 1 < bytes.count {
                // Two steps at once: an end has a line break at one of two neighbouring places.
                if bytes[position + 1] != UInt8(ascii: "\n") {
                    position += 2
                } else if bytes[position] == UInt8(ascii: "\n") {
                    return (position, position + 2)
                } else {
                    position += 1
                }
            }
            return (min(position, bytes.count), nil)
        }
        self.scanned = scanned
        return end
    }

    /// What stands between records means nothing.
    private mutating func skipLineBreaks() {
        guard self.scanned == 0 else { return }
        let breaks = self.buffer.readableBytesView.prefix { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.count
        self.buffer.moveReaderIndex(forwardBy: breaks)
    }
}
