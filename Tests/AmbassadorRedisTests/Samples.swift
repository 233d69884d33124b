import AmbassadorCore
import Logging
import NIOCore
import Testing

@testable import AmbassadorRedis

/// Entries, keys and replies that several tests use.
enum Samples {
    static let now = Timestamp(milliseconds: 1_800_000_000_000)
    static let expiry = Timestamp(milliseconds: 1_800_000_600_000)

    static func key(_ number: UInt64 = 1, target: String = "faq_qa", tenant: String? = "acme") throws -> CacheKey {
        let scope = CacheScope(
            tenant: try tenant.map { try #require(TenantID($0.utf8)) },
            target: try #require(FlowName(target))
        )
        return CacheKey(scope: scope, input: InputHash(words: (number, ~number, number &* 31, number)))
    }

    static func entry(
        _ number: UInt64 = 1,
        tenant: String = "acme",
        target: String = "faq_qa",
        body: String = #"{"session_id":"","text":"Paris"}"#
    ) throws -> CacheEntry {
        CacheEntry(
            key: try Self.key(number, target: target, tenant: tenant),
            tenant: try #require(TenantID(tenant.utf8)),
            target: try #require(FlowName(target)),
            storedAt: Self.now,
            lifetimeMax: .seconds(60),
            answer: Answer(body: ByteBuffer(string: body), sessionOffsets: [15], text: ByteBuffer(string: "Paris")),
            usage: Usage(inputTokens: 12, outputTokens: 3),
            upstreamMicroseconds: 1_234_567,
            input: ByteBuffer(string: "What is the capital of France?")
        )
    }

    static func buffer(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }
}

extension CacheEntry {
    /// Whether two entries hold the same.
    func isSame(as other: CacheEntry) -> Bool {
        self.key == other.key && self.tenant == other.tenant && self.target == other.target
            && self.storedAt == other.storedAt && self.lifetimeMax == other.lifetimeMax
            && self.forbidsStale == other.forbidsStale && self.answer == other.answer
            && self.usage == other.usage && self.upstreamMicroseconds == other.upstreamMicroseconds
            && self.input == other.input
    }
}
