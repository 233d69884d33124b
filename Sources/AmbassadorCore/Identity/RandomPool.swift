import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Unpredictable words, made in bulk: calls of the kernel's for each id would be a tenth of a hit's cost.
///
/// From the kernel's own generator, since whoever guesses a session id could join that session.
final class RandomPool: Sendable {
    static let shared = RandomPool()

    private static let wordsMax = 512
    /// What `getentropy` gives at once (getentropy(3)).
    private static let bytesPerCallMax = 256

    private struct State {
        var words = [UInt64](repeating: 0, count: RandomPool.wordsMax)
        /// How many of the words nobody has had yet; they are taken from the end.
        var left = 0
    }

    private let state = Mutex(State())

    /// 128 bits that nobody else gets.
    func next() -> (UInt64, UInt64) {
        self.state.withLock { state in
            if state.left < 2 {
                state.words.withUnsafeMutableBytes { Self.fill($0) }
                state.left = Self.wordsMax
            }
            state.left -= 2
            return (state.words[state.left], state.words[state.left + 1])
        }
    }

    private static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        for start in stride(from: 0, to: bytes.count, by: Self.bytesPerCallMax) {
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start...].prefix(Self.bytesPerCallMax))
            // It fails only for a bad address or more bytes than it gives at once.
            precondition(
                getentropy(part.baseAddress, part.count) == 0,
                "the kernel gives no random bytes: errno \(errno)"
            )
        }
    }
}
