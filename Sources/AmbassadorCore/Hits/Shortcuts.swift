import NIOCore

/// The shortcuts of one event loop, found by the bytes of a request; used on that loop alone.
///
/// Bounded by its slots, the length of a body and that of a short answer, together about 5 KiB each; a request has two places, and a
/// newer one takes that of an older one. A purge empties it, so that nothing that was purged is kept here.
package final class Shortcuts {
    /// Longer bodies are read each time.
    static let bodyBytesMax = 1_024

    private static let slotCount = 8_192
    private let hash = SeededHash()
    private var slots = ContiguousArray<Shortcut?>(repeating: nil, count: Shortcuts.slotCount)

    private var purges: UInt64 = 0

    package init() {}

    /// Forgets everything where there was a purge since the last call; `sequence` is ``PurgeLedger/sequence``.
    func forget(purgedUntil sequence: UInt64) {
        guard sequence != self.purges else { return }
        self.purges = sequence
        for slot in self.slots.indices { self.slots[slot] = nil }
    }

    /// What is known about a request.
    func shortcut(for request: RepeatedRequest) -> Shortcut? {
        let slot = self.slot(request.body)
        if let found = self.slots[slot], found.isOf(request) { return found }
        if let found = self.slots[slot ^ 1], found.isOf(request) { return found }
        return nil
    }

    /// Whether a request may be remembered.
    static func takes(_ request: Request) -> Bool { request.body.readableBytes <= Self.bodyBytesMax }

    /// Remembers what is known about a request.
    func insert(_ shortcut: Shortcut, for request: Request) {
        let slot = request.body.withUnsafeReadableBytes { self.slot($0) }
        if let known = self.slots[slot ^ 1], known.isOf(request) {
            self.slots[slot ^ 1] = shortcut
        } else if let first = self.slots[slot], !first.isOf(request) {
            // The one in the first place moves over to the second, so that the other goes.
            self.slots[slot ^ 1] = first
            self.slots[slot] = shortcut
        } else {
            self.slots[slot] = shortcut
        }
    }

    /// By a seeded hash, so that no caller can choose whose slot it takes.
    private func slot(_ body: UnsafeRawBufferPointer) -> Int {
        Int(truncatingIfNeeded: self.hash.hash(body)) & (Self.slotCount - 1)
    }
}
