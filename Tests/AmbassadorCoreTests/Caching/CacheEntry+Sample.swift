import AmbassadorCore
import NIOCore

extension CacheKey {
    /// A key of its own for each number and scope, its words as well spread as a digest's.
    static func sample(_ number: UInt64, scope: UInt64 = 1) -> CacheKey {
        var generator = SplitMix64(state: number)
        let words = (generator.next(), generator.next(), generator.next(), generator.next())
        return CacheKey(scope: CacheScope(high: scope, low: scope &* 31), input: InputHash(words: words))
    }
}

extension CacheEntry {
    private static let bytes = ByteBuffer(repeating: UInt8(ascii: "x"), count: 4 << 20)

    /// An entry whose ``byteCount`` is as given, 256 at least.
    static func sample(
        _ key: CacheKey,
        byteCount: Int = 1024,
        tenant: TenantID = .default,
        target: FlowName = .sample("flow"),
        storedAt: Int64 = 0,
        lifetimeMax: Duration? = nil
    ) -> CacheEntry {
        let body = Self.bytes.getSlice(at: 0, length: byteCount - 256) ?? ByteBuffer()
        return CacheEntry(
            key: key,
            tenant: tenant,
            target: target,
            storedAt: Timestamp(milliseconds: storedAt),
            lifetimeMax: lifetimeMax,
            answer: Answer(body: body, sessionOffsets: [], text: ByteBuffer()),
            usage: .unknown,
            upstreamMicroseconds: 0,
            input: nil
        )
    }
}

extension FlowName {
    static func sample(_ name: String) -> FlowName {
        guard let name = FlowName(name) else { preconditionFailure("not a flow's name: \(name)") }
        return name
    }
}

extension TenantID {
    static func sample(_ name: String) -> TenantID {
        guard let name = TenantID(name.utf8) else { preconditionFailure("not a tenant's name: \(name)") }
        return name
    }
}

/// A generator whose numbers are the same in every run.
///
/// Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
