import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import AmbassadorIdentity

@Suite("The memory of verified tokens")
struct TokenCacheTests {
    private func keys() throws -> IssuerKeys {
        let configuration = try IssuerConfiguration(
            issuer: "i",
            algorithms: [.hs256],
            keys: .secret(Secret(String(repeating: "s", count: 32))),
            audience: ["a"]
        )
        return IssuerKeys(
            configuration,
            source: nil,
            clocks: MockClock().clocks,
            metrics: JWTMetrics(),
            logger: .silent
        )
    }

    private func entry(_ token: String, _ keys: IssuerKeys, until: Int64 = 1000, epoch: UInt64 = 0) -> TokenCache.Entry
    {
        TokenCache.Entry(
            digest: TokenDigest(of: token),
            keys: keys,
            epoch: epoch,
            since: Timestamp(milliseconds: 0),
            until: Timestamp(milliseconds: until),
            caller: Caller(principal: token, tenant: nil, permissions: .all)
        )
    }

    @Test("it holds no more than it may, and what it holds is right")
    func bounds() throws {
        let cache = TokenCache(entriesMax: 128)
        let keys = try self.keys()
        for number in 0..<5000 {
            cache.insert(self.entry("\(number)", keys))
        }
        let found = (0..<5000).compactMap { number in
            cache.caller(for: TokenDigest(of: "\(number)"), at: Timestamp(milliseconds: 1)).map {
                ($0.principal, "\(number)")
            }
        }
        #expect(found.count == 128)
        #expect(found.allSatisfy { $0.0 == $0.1 })
    }

    @Test("the one that ends first makes room, one that has ended before any other")
    func room() throws {
        let cache = TokenCache(entriesMax: 64)
        let keys = try self.keys()
        for number in 0..<2000 {
            cache.insert(self.entry("short \(number)", keys, until: 10))
        }
        cache.insert(self.entry("long", keys, until: 5000))
        for number in 0..<2000 {
            cache.insert(self.entry("medium \(number)", keys, until: 900))
        }
        #expect(cache.caller(for: TokenDigest(of: "long"), at: Timestamp(milliseconds: 20))?.principal == "long")
    }

    @Test("an entry ends at its time, and with its generation of keys")
    func ends() throws {
        let cache = TokenCache()
        let keys = try self.keys()
        cache.insert(self.entry("a", keys, until: 10))
        cache.insert(self.entry("b", keys, epoch: 1))
        func holds(_ token: String, at time: Int64) -> Bool {
            cache.caller(for: TokenDigest(of: token), at: Timestamp(milliseconds: time)) != nil
        }
        #expect(holds("a", at: 9))
        #expect(!holds("a", at: 10))
        #expect(!holds("b", at: 1))
        #expect(!holds("c", at: 1))
    }
}
