import NIOCore

/// What was found out about a request that was a hit, for the next one in the same bytes from the same kind of caller.
///
/// It holds only what follows from those bytes and from settings that stay as they are. What may change is looked at each time: the
/// credential by its epoch and its end, curation, the entry and its freshness, limits, the audit log's room.
final class Shortcut {
    let head: CallHead
    let flow: Flow
    let input: RunInput
    let key: CacheKey
    let tenant: TenantID
    let principal: String
    /// The caller's session; `nil` where each request gets one of its own.
    let session: EscapedSessionID?
    let directives: CacheDirectives?
    let buckets: SubjectBuckets
    let standing: Standing
    /// Where the memory cache has its entry.
    var place = MemoryCache.Slot.none
    /// What the records of its hits have in common, and the entry that this holds for; of short answers alone, since it keeps them.
    private var subject: (entry: CacheEntry, subject: AuditSubject)?
    private let body: ByteBuffer
    private let clientAddress: String?

    /// Makes one from a plan that was answered from memory.
    init(_ plan: Plan, _ key: CacheKey, buckets: SubjectBuckets, standing: Standing) {
        self.head = plan.request.head
        self.flow = plan.flow
        self.input = plan.input
        self.key = key
        self.tenant = plan.tenant
        self.principal = plan.principal
        self.session = plan.hasOwnSession ? nil : plan.session.escaped
        self.directives = plan.directives
        self.buckets = buckets
        self.standing = standing
        // A copy: a slice would keep the whole of what was read from the connection.
        self.body = ByteBuffer(bytes: plan.request.body.readableBytesView)
        self.clientAddress = plan.request.clientAddress
    }

    /// Whether it is of a request with these bytes; heads of one pattern are one object.
    func isOf(_ request: RepeatedRequest) -> Bool {
        guard self.head === request.head, self.clientAddress == request.clientAddress else { return false }
        return self.body.withUnsafeReadableBytes { $0.hasSameBytes(as: request.body) }
    }

    func isOf(_ request: Request) -> Bool {
        self.head === request.head && self.clientAddress == request.clientAddress && self.body == request.body
    }

    /// A longer entry is not kept from leaving memory by what remembers it.
    private static let entryBytesMax = 4 * 1024

    /// What the records of hits of an entry have in common; made anew where it is another entry than the last one, or a long one.
    func subject(with entry: CacheEntry) -> AuditSubject {
        if let known = self.subject, known.entry === entry { return known.subject }
        let storesInputs = self.flow.settings.storesInputs
        let subject = AuditSubject(
            AuditSubject.Fields(
                route: self.head.route.name,
                tenant: self.tenant,
                principal: self.principal,
                flow: self.flow.name,
                target: self.flow.target,
                inputHash: self.key.input,
                clientAddress: self.clientAddress,
                input: storesInputs ? self.input.input : nil,
                answer: storesInputs ? entry.answer : nil
            )
        )
        self.subject = entry.byteCount <= Self.entryBytesMax ? (entry, subject) : nil
        return subject
    }
}
