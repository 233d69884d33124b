extension UnsafeRawBufferPointer {
    /// Whether the bytes come before those of another place, in the order of the first that differs; compared eight at a time.
    package func precedes(_ other: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while Swift.min(self.count, other.count) - position >= 8 {
            let left = UInt64(bigEndian: self.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let right = UInt64(bigEndian: other.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            guard left == right else { return left < right }
            position += 8
        }
        return self[position...].lexicographicallyPrecedes(other[position...])
    }

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
