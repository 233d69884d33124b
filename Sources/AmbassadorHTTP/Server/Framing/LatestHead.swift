import AmbassadorCore
import NIOCore

/// The head that came last on a connection: mostly the next one is the same, byte for byte.
struct LatestHead {
    private var bytes: [UInt8] = []
    private(set) var known: (head: FramedHead, verdict: HeadMemo.Verdict)?

    mutating func replace(with known: (head: FramedHead, verdict: HeadMemo.Verdict), of bytes: UnsafeRawBufferPointer) {
        self.bytes.removeAll(keepingCapacity: true)
        self.bytes.append(contentsOf: bytes.prefix(known.head.byteCount))
        self.known = known
    }

    /// Whether what was read begins with this head: it ends with its first empty line, so it is then the whole of the next one.
    func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.known != nil, bytes.count >= self.bytes.count else { return false }
        let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(self.bytes.count))
        return self.bytes.withUnsafeBytes { $0.hasSameBytes(as: start) }
    }
}
