import Crypto

/// Which of a limit's buckets: the parts of a subject that the limit tells apart.
///
/// The parts themselves and not a digest of them, so that a look-up builds no string and no two subjects ever share a
/// bucket.
struct BucketKey: Hashable, Sendable {
    private let tenant: TenantID?
    private let principal: String?
    private let flow: FlowName?
    private let network: ClientNetwork?
    /// The number of the shard whose overflow bucket it is; `nil` for a subject's own bucket.
    let overflowShard: Int?
    /// Computed once: it chooses the shard and then the place in it.
    let hash: Int

    init(tenant: TenantID?, principal: String?, flow: FlowName?, network: ClientNetwork?) {
        self.init(tenant: tenant, principal: principal, flow: flow, network: network, overflow: nil)
    }

    /// The bucket of all subjects for which a shard of the table has no room.
    static func overflow(ofShard number: Int) -> BucketKey {
        BucketKey(tenant: nil, principal: nil, flow: nil, network: nil, overflow: number)
    }

    private init(tenant: TenantID?, principal: String?, flow: FlowName?, network: ClientNetwork?, overflow: Int?) {
        self.tenant = tenant
        self.principal = principal
        self.flow = flow
        self.network = network
        self.overflowShard = overflow
        var hasher = Hasher()
        if let tenant { hasher.combine(tenant) }
        if let principal { hasher.combine(principal) }
        if let flow { hasher.combine(flow) }
        if let network { hasher.combine(network) }
        self.hash = hasher.finalize()
    }

    static func == (left: BucketKey, right: BucketKey) -> Bool {
        left.hash == right.hash && left.tenant == right.tenant && left.principal == right.principal
            && left.flow == right.flow && left.network == right.network && left.overflowShard == right.overflowShard
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.hash)
    }

    /// 32 bytes that stand for this bucket of a limit wherever replicas meet, and give away nobody's name.
    ///
    /// Rate and burst are part of it: replicas that disagree about them, as while a change is rolled out, use buckets
    /// apart and not one bucket with two meanings.
    func digest(of limit: RateLimit) -> [UInt8] {
        var hasher = SHA256()
        func add(_ text: String?) {
            // Lengths first, so that no two lists of parts are one list of bytes; an absent part has a length of its
            // own.
            withUnsafeBytes(of: (text.map { UInt64($0.utf8.count) } ?? .max).littleEndian) {
                hasher.update(bufferPointer: $0)
            }
            if let text { hasher.update(data: Array(text.utf8)) }
        }
        add("ambassador-limit-1")
        add(limit.name)
        add("\(limit.rate.count)/\(limit.rate.periodSeconds)/\(limit.burst)")
        add(self.tenant?.description)
        add(self.principal)
        add(self.flow?.description)
        add(self.network.map { "\($0.isIPv4 ? 4 : 6):\($0.bits)" })
        add(self.overflowShard.map(String.init))
        return Array(hasher.finalize())
    }
}
