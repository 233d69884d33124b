extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of another place, compared eight at a time.
    package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard self.count == other.count else { return false }
        var position = 0
        while self.count - position >= 8 {
            let left = self.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard left == other.loadUnaligned(fromByteOffset: position, as: UInt64.self) else { return false }
            position += 8
        }
        while position < self.count {
            guard self[position] == other[position] else { return false }
            position += 1
        }
        return true
    }
}
