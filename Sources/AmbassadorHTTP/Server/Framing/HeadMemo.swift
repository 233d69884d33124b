import AmbassadorCore
import NIOCore

/// Heads that the parser has judged, by their patterns (see ``StrictFramer``).
///
/// A caller sends heads of one pattern again and again; the verdict on the first is repeated for the others instead of found again. Only
/// accepted calls with a `Content-Length` are kept. One for each event loop, used on it alone; bounded by its slots and the length of a
/// head.
final class HeadMemo {
    /// A pattern and what the parser said of the head that had it.
    final class Verdict {
        let call: CallHead
        let crossOrigin: CrossOriginGrant?
        fileprivate let pattern: [UInt8]

        fileprivate init(_ call: CallHead, _ crossOrigin: CrossOriginGrant?, _ pattern: [UInt8]) {
            self.call = call
            self.crossOrigin = crossOrigin
            // Not the framer's own array, which has room for the longest one.
            self.pattern = Array(pattern[...])
        }
    }

    private static let slotsMax = 256

    private let headBytesMax: Int
    /// The longest content of a request that is not judged anew: that of longer ones may be refused before it comes.
    private let contentBytesMax: Int
    private let hash = SeededHash()
    private var framer = StrictFramer()
    private var slots = [Verdict?](repeating: nil, count: HeadMemo.slotsMax)

    init(limits: HTTPServerConfiguration) {
        self.headBytesMax = limits.headerBlockBytesMax
        self.contentBytesMax = min(limits.bodyBytesMax, ConnectionHandler.discardedBytesMax)
    }

    /// The head that the bytes begin with, and the verdict on it.
    ///
    /// - Returns: `nil` where it is not known.
    func known(_ bytes: UnsafeRawBufferPointer) -> (head: FramedHead, verdict: Verdict)? {
        guard let head = self.framer.frame(bytes), self.mayRepeat(head),
            let known = self.slots[self.slot], known.pattern == self.framer.pattern
        else { return nil }
        return (head, known)
    }

    /// Keeps the verdict on a head, in place of that on another one that has the same slot; one that is there stays the same object.
    func insert(_ call: CallHead, _ crossOrigin: CrossOriginGrant?, for bytes: UnsafeRawBufferPointer) {
        guard let head = self.framer.frame(bytes), head.byteCount == bytes.count, self.mayRepeat(head) else { return }
        let slot = self.slot
        guard self.slots[slot]?.pattern != self.framer.pattern else { return }
        self.slots[slot] = Verdict(call, crossOrigin, self.framer.pattern)
    }

    /// Whether nothing that a pattern leaves out, which is how long things are, makes the verdict another one.
    private func mayRepeat(_ head: FramedHead) -> Bool {
        head.byteCount <= self.headBytesMax && head.contentLength <= self.contentBytesMax
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private var slot: Int {
        Int(truncatingIfNeeded: self.framer.pattern.withUnsafeBytes { self.hash.hash($0) }) & (Self.slotsMax - 1)
    }
}
