import AmbassadorCore
import AmbassadorTesting
import NIOCore

extension CacheKey {
    /// A key of its own for each number and scope, its words as well spread as a digest's.
    static func sample(_ number: UInt64, scope: UInt64 = 1) -> CacheKey {
        var generator = SeededGenerator(seed: number)
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
