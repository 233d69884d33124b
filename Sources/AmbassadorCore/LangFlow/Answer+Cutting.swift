package import NIOCore

extension Answer {
    /// Takes LangFlow's own session id out of a body, wherever it stands.
    ///
    /// A search for the id's 36 bytes is enough: the id is 122 bits of a hash, so that nothing else in a body is equal to it, it
    /// consists of ASCII that no JSON writer escapes, and its hyphens place it within a string. In the text a mark stands for it.
    ///
    /// - Parameters:
    ///   - session: the id that was sent with the run.
    ///   - body: LangFlow's, of any status.
    ///   - text: the answer's text alone, or empty.
    package convenience init(cutting session: UpstreamSessionID, from body: ByteBuffer, text: ByteBuffer) {
        let (cut, offsets) = Self.cut(session, from: body)
        self.init(body: cut, sessionOffsets: offsets, text: Self.marking(session, in: text))
    }

    /// The bytes without the session id, and where it stood.
    static func cut(_ session: UpstreamSessionID, from bytes: ByteBuffer) -> (cut: ByteBuffer, offsets: [Int]) {
        Self.cut(Array(session.description.utf8), from: bytes)
    }

    static func cut(_ id: [UInt8], from body: ByteBuffer) -> (cut: ByteBuffer, offsets: [Int]) {
        let positions = body.withUnsafeReadableBytes { Self.positions(of: id, in: $0) }
        guard !positions.isEmpty else { return (body.slice(), []) }
        var cut = ByteBuffer()
        cut.reserveCapacity(body.readableBytes - positions.count * id.count)
        var offsets: [Int] = []
        offsets.reserveCapacity(positions.count)
        var rest = body.readableBytesView
        let start = rest.startIndex
        for position in positions {
            cut.writeBytes(rest[rest.startIndex..<start + position])
            offsets.append(cut.readableBytes)
            rest = rest[(start + position + id.count)...]
        }
        cut.writeBytes(rest)
        return (cut, offsets)
    }

    /// Where the id stands, ascending; by Horspool's search, which looks at about every thirtieth byte.
    private static func positions(of id: [UInt8], in bytes: UnsafeRawBufferPointer) -> [Int] {
        guard let last = id.last, bytes.count >= id.count else { return [] }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { shifts in
            shifts.initialize(repeating: id.count)
            for (position, byte) in id.dropLast().enumerated() {
                shifts[Int(byte)] = id.count - 1 - position
            }
            var positions: [Int] = []
            var end = id.count - 1
            while end < bytes.count {
                let byte = bytes[end]
                if byte == last, bytes[(end - id.count + 1)...end].elementsEqual(id) {
                    positions.append(end - id.count + 1)
                    end += id.count
                } else {
                    end += shifts[Int(byte)]
                }
            }
            return positions
        }
    }
}
