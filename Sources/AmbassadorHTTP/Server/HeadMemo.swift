import AmbassadorCore
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Heads that the parser has judged, by their bytes.
///
/// A keep-alive caller sends the same head again and again; the same bytes in the same place have the same meaning, so the verdict is
/// repeated instead of found again. Only accepted calls with a `Content-Length` are kept. One for each event loop, used on it alone;
/// bounded by its slots and the length of a head.
final class HeadMemo {
    /// Longer heads are judged each time.
    static let headBytesMax = 2 * 1024

    /// A head and what the parser said of it.
    final class Verdict {
        let call: CallHead
        let bodyLength: Int
        let crossOrigin: CrossOriginGrant?
        fileprivate let bytes: ByteBuffer

        fileprivate init(
            _ call: CallHead,
            bodyLength: Int,
            crossOrigin: CrossOriginGrant?,
            of bytes: ByteBuffer
        ) {
            self.call = call
            self.crossOrigin = crossOrigin
            self.bodyLength = bodyLength
            // A copy: a slice would keep the whole of what was read in memory.
            self.bytes = ByteBuffer(bytes: bytes.readableBytesView)
        }

        /// How many bytes the head has.
        var headLength: Int { self.bytes.readableBytes }

        /// Whether what was read begins with this head: it ends with its first empty line, so it is then the whole of the next one.
        func isOfHead(in bytes: ByteBuffer) -> Bool {
            guard bytes.readableBytes >= self.headLength else { return false }
            return bytes.withUnsafeReadableBytes { all in
                self.bytes.withUnsafeReadableBytes { head in
                    guard let start = all.baseAddress, let known = head.baseAddress else { return false }
                    return memcmp(start, known, head.count) == 0
                }
            }
        }
    }

    private static let slotsMax = 256

    private let hash = SeededHash()
    private var slots = [Verdict?](repeating: nil, count: HeadMemo.slotsMax)

    /// The verdict on a head.
    ///
    /// - Returns: `nil` where these bytes are not known.
    func verdict(on bytes: ByteBuffer) -> Verdict? {
        guard let known = self.slots[self.index(of: bytes)], known.bytes == bytes else { return nil }
        return known
    }

    /// Keeps a verdict in place of another one that has the same slot.
    func insert(_ call: CallHead, bodyLength: Int, crossOrigin: CrossOriginGrant?, for bytes: ByteBuffer) {
        self.slots[self.index(of: bytes)] = Verdict(
            call,
            bodyLength: bodyLength,
            crossOrigin: crossOrigin,
            of: bytes
        )
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private func index(of bytes: ByteBuffer) -> Int {
        Int(truncatingIfNeeded: bytes.withUnsafeReadableBytes { self.hash.hash($0) }) & (Self.slotsMax - 1)
    }
}
