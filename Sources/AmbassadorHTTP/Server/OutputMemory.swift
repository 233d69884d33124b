import NIOCore

/// The memory that answers are written into, used again by whichever connections of the loop write next.
///
/// What is sent at once is nobody's afterwards. What a channel does keep it goes on sharing, and the next answers then get new memory.
struct OutputMemory {
    /// Larger memory is given back, so that one large answer does not stay for long.
    static let bytesMax = 16 * 1024
    /// As many as may wait for the end of a turn; more get new memory.
    static let buffersMax = 128

    private var spare: [ByteBuffer] = []

    /// An empty buffer with room for so many bytes.
    mutating func take(atLeast bytes: Int) -> ByteBuffer {
        var buffer = self.spare.popLast() ?? ByteBuffer()
        // Where somebody else still holds the memory, this makes it new.
        buffer.clear(minimumCapacity: bytes)
        return buffer
    }

    /// Takes back what was sent, or handed to a channel.
    mutating func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity <= Self.bytesMax, self.spare.count < Self.buffersMax { self.spare.append(buffer) }
    }
}
