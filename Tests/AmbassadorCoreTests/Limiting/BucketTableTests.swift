import Testing

@testable import AmbassadorCore

@Suite("A table of buckets is bounded and forgets nothing that counts")
struct BucketTableTests {
    private static let capacity = 100

    private let shape: BucketShape
    private let overflowed = Counter()
    private let table: BucketTable<TokenBucket>

    init() throws {
        self.shape = try #require(BucketShape(rate: Rate(count: 1, periodSeconds: 1), burst: 2))
        self.table = BucketTable(self.shape, capacity: Self.capacity, shards: 4, overflowed: self.overflowed)
    }

    private func key(_ number: Int) throws -> BucketKey {
        let tenant: TenantID = try #require(TenantID("t\(number)".utf8))
        return BucketKey(tenant: tenant, principal: nil, flow: nil, network: nil)
    }

    private func take(_ number: Int, at now: UInt64) throws -> Bool {
        let verdict = self.table.withBucket(try self.key(number), at: now) { bucket, _ in
            bucket.decide(self.shape, at: now)
        }
        if case .taken = verdict { return true }
        return false
    }

    @Test("each subject has a bucket of its own")
    func apart() throws {
        #expect(try (0..<50).allSatisfy { try self.take($0, at: 0) && self.take($0, at: 0) })
        #expect(try !(0..<50).contains { try self.take($0, at: 0) })
        #expect(self.table.count == 50)
    }

    @Test("however many come, an empty bucket stays empty, and newcomers share what one of them would have")
    func attack() throws {
        #expect(try self.take(0, at: 0) && self.take(0, at: 0))
        var admitted = 0
        for number in 1...20_000 where try self.take(number, at: 0) { admitted += 1 }
        #expect(try !self.take(0, at: 0))
        #expect(self.table.count <= Self.capacity)
        // One each for those who have a bucket, two for each shard's overflow.
        #expect(admitted <= Self.capacity + 4 * 2)
        #expect(self.overflowed.value >= 20_000 - Self.capacity)
    }

    @Test("buckets that are full again make room")
    func idle() throws {
        for number in 0..<1000 { _ = try self.take(number, at: 0) }
        let overflows = self.overflowed.value
        #expect(overflows > 0)
        for number in 1000..<1020 { #expect(try self.take(number, at: 2_000_000)) }
        #expect(self.overflowed.value == overflows)
        #expect(self.table.count <= Self.capacity)
    }

    @Test("idle buckets go as others come, before there is no room")
    func sweep() throws {
        for number in 0..<5000 { _ = try self.take(number, at: UInt64(number) * 1_000_000) }
        #expect(self.overflowed.value == 0)
        #expect(self.table.count < Self.capacity / 2)
    }

    @Test("a look without taking makes no bucket")
    func look() throws {
        let found = self.table.withExistingBucket(try self.key(1)) { _ in true }
        #expect(found == nil)
        #expect(self.table.count == 0)
    }

    @Test("the digest tells limits, parts and rates apart, and is the same everywhere")
    func digests() throws {
        let limit = try Limits.limit()
        let tenant = try #require(TenantID("a".utf8))
        let flow = try #require(FlowName("a"))
        let keys = [
            BucketKey(tenant: tenant, principal: nil, flow: nil, network: nil),
            BucketKey(tenant: nil, principal: "a", flow: nil, network: nil),
            BucketKey(tenant: nil, principal: nil, flow: flow, network: nil),
            BucketKey(tenant: nil, principal: nil, flow: nil, network: ClientNetwork("0.0.0.1")),
            BucketKey(tenant: nil, principal: nil, flow: nil, network: ClientNetwork("0:0:0:1::")),
            BucketKey(tenant: nil, principal: nil, flow: nil, network: nil),
            BucketKey(tenant: nil, principal: "", flow: nil, network: nil),
            .overflow(ofShard: 0), .overflow(ofShard: 1),
        ]
        var digests = keys.map { $0.digest(of: limit) }
        digests += try [Limits.limit("other"), Limits.limit(99), Limits.limit(burst: 5), Limits.limit(per: 2)]
            .map { keys[0].digest(of: $0) }
        #expect(Set(digests).count == digests.count)
        #expect(digests.allSatisfy { $0.count == 32 })
        #expect(keys[0].digest(of: limit) == keys[0].digest(of: try Limits.limit()))
    }
}
