import Synchronization

/// Pseudo-random words for ids that have to be unique and need not be secret: two SplitMix64 sequences (Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", 2014), which begin at random.
///
/// The kernel's generator costs some fifty times as much; see ``RandomPool`` for what nobody may guess.
final class TraceSequence: Sendable {
    static let shared = TraceSequence()

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private let seeds = RandomPool.shared.next()
    private let steps = Atomic<UInt64>(0)

    /// The next 128 bits.
    func next() -> (UInt64, UInt64) {
        let offset = self.steps.add(1, ordering: .relaxed).newValue &* Self.increment
        return (Self.mixed(self.seeds.0 &+ offset), Self.mixed(self.seeds.1 &+ offset))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
