import NIOCore

/// The memory that answers are written into, used again by whichever connection of the loop writes next.
///
/// A channel mostly takes what is flushed at once and keeps none of it. What it does keep it goes on sharing, and the next answers then
/// get new memory.
struct OutputMemory {
    /// Larger memory is given back, so that one large answer does not stay for long.
    static let bytesMax = 64 * 1024

    private var spare = ByteBuffer()

    /// An empty buffer with room for so many bytes.
    mutating func take(atLeast bytes: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        swap(&buffer, &self.spare)
        // Where somebody else still holds the memory, this makes it new.
        buffer.clear(minimumCapacity: bytes)
        return buffer
    }

    /// Takes back what was handed to a channel.
    mutating func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity <= Self.bytesMax { self.spare = buffer }
    }
}
