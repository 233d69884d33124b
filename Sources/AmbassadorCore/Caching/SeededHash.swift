/// A fast hash of bytes for tables whose places nobody may choose.
///
/// Folded multiplications, 16 bytes a step (Wang Yi: "wyhash", https://github.com/wangyi-fudan/wyhash), seeded at random for each
/// table. It is no digest: what is found by it has to be compared. `Hasher` takes five times as long for a hundred bytes.
package struct SeededHash: Sendable {
    private let seeds: (UInt64, UInt64)

    package init() {
        var generator = SystemRandomNumberGenerator()
        // Odd, so that no bits of the input are lost to the multiplication.
        self.seeds = (generator.next() | 1, generator.next() | 1)
    }

    package func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = self.seeds.0 ^ UInt64(truncatingIfNeeded: bytes.count)
        var position = 0
        while bytes.count - position >= 16 {
            hash = self.folded(
                bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ hash,
                bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
            )
            position += 16
        }
        var (first, second): (UInt64, UInt64) = (0, 0)
        if bytes.count - position >= 8 {
            first = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            position += 8
        }
        while position < bytes.count {
            second = second << 8 | UInt64(bytes[position])
            position += 1
        }
        return self.folded(self.folded(first ^ hash, second), self.seeds.0)
    }

    private func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ self.seeds.0).multipliedFullWidth(by: right ^ self.seeds.1)
        return product.high ^ product.low
    }
}
