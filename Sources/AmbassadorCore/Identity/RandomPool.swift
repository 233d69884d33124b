import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Unpredictable words, made in bulk: a call of the kernel's for each id would be a tenth of a hit's cost.
///
/// From the kernel's own generator, since whoever guesses a session id could join that session.
final class RandomPool: Sendable {
    static let shared = RandomPool()

    private static let wordsMax = 512

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
        var rest = bytes
        while !rest.isEmpty {
            let count = getrandom(rest.baseAddress, rest.count, 0)
            // Once the kernel's pool is ready, which it is long before a service starts, only a signal can interrupt.
            precondition(count >= 0 || errno == EINTR, "the kernel gives no random bytes: errno \(errno)")
            if count > 0 { rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...]) }
        }
    }
}
