import AmbassadorCore
import NIOCore

/// Heads that the parser has judged, by their bytes.
///
/// A keep-alive caller sends the same head again and again; the same bytes in the same place have the same meaning, so the verdict is
/// repeated instead of found again. Only accepted calls with a `Content-Length` are kept. One for each event loop, used on it alone;
/// bounded by its slots and the length of a head.
final class HeadMemo {
    /// Longer heads are judged each time.
    static let headBytesMax = 2 * 1024

    private struct Slot {
        let bytes: ByteBuffer
        let call: CallHead
        let bodyLength: Int
        let crossOrigin: CrossOriginGrant?
    }

    private static let slotsMax = 256

    private var slots = [Slot?](repeating: nil, count: HeadMemo.slotsMax)

    /// The verdict on a head.
    ///
    /// - Returns: `nil` where these bytes are not known.
    func verdict(on bytes: ByteBuffer) -> (call: CallHead, bodyLength: Int, crossOrigin: CrossOriginGrant?)? {
        guard let slot = self.slots[Self.index(of: bytes)], slot.bytes == bytes else { return nil }
        return (slot.call, slot.bodyLength, slot.crossOrigin)
    }

    /// Keeps a verdict in place of another one that has the same slot.
    func insert(_ call: CallHead, bodyLength: Int, crossOrigin: CrossOriginGrant?, for bytes: ByteBuffer) {
        // A copy: a slice would keep the whole of what was read in memory.
        let copy = ByteBuffer(bytes: bytes.readableBytesView)
        self.slots[Self.index(of: bytes)] = Slot(
            bytes: copy,
            call: call,
            bodyLength: bodyLength,
            crossOrigin: crossOrigin
        )
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private static func index(of bytes: ByteBuffer) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeReadableBytes { hasher.combine(bytes: $0) }
        return hasher.finalize() & (Self.slotsMax - 1)
    }
}
