package import NIOCore

/// A stored answer.
///
/// Immutable and shared by reference, so that a hit copies one pointer.
package final class CacheEntry: Sendable {
    package let key: CacheKey
    /// The tenant that asked; where the flow's entries are shared by all, whoever asked first.
    package let tenant: TenantID
    /// The flow that LangFlow ran.
    package let target: FlowName
    /// When LangFlow's answer was complete; earlier by its `Age` where a cache before LangFlow gave it.
    package let storedAt: Timestamp
    /// The lifetime that LangFlow's own `Cache-Control` allows; `nil` where it says nothing.
    ///
    /// The flow's `ttl` applies as well.
    package let lifetimeMax: Duration?
    /// Whether LangFlow, or what stands before it, forbids to serve the answer once it is stale (RFC 9111 §4.2.4).
    package let forbidsStale: Bool
    package let answer: Answer
    package let usage: Usage
    /// How long LangFlow took, in microseconds.
    package let upstreamMicroseconds: Int64
    /// What was asked, as the caller wrote it (UTF-8); `nil` where the flow does not store inputs.
    package let input: ByteBuffer?

    /// The same entry with an input.
    func with(input: ByteBuffer) -> CacheEntry {
        CacheEntry(
            key: self.key,
            tenant: self.tenant,
            target: self.target,
            storedAt: self.storedAt,
            lifetimeMax: self.lifetimeMax,
            forbidsStale: self.forbidsStale,
            answer: self.answer,
            usage: self.usage,
            upstreamMicroseconds: self.upstreamMicroseconds,
            input: input
        )
    }

    package init(
        key: CacheKey,
        tenant: TenantID,
        target: FlowName,
        storedAt: Timestamp,
        lifetimeMax: Duration?,
        forbidsStale: Bool = false,
        answer: Answer,
        usage: Usage,
        upstreamMicroseconds: Int64,
        input: ByteBuffer?
    ) {
        self.key = key
        self.tenant = tenant
        self.target = target
        self.storedAt = storedAt
        self.lifetimeMax = lifetimeMax
        self.forbidsStale = forbidsStale
        self.answer = answer
        self.usage = usage
        self.upstreamMicroseconds = upstreamMicroseconds
        self.input = input
    }

    /// What the entry costs in memory, in bytes, objects included.
    package var byteCount: Int {
        // The constant covers this object, its key in a table and the table's own slots, measured with 1 KiB answers.
        256 + self.answer.body.readableBytes + 8 * self.answer.sessionOffsets.count + self.answer.text.readableBytes
            + (self.input?.readableBytes ?? 0)
    }
}

/// What LangFlow says an answer cost.
package struct Usage: Sendable, Equatable {
    /// `nil` where the answer does not say.
    package let inputTokens: Int?
    package let outputTokens: Int?

    package static let unknown = Usage(inputTokens: nil, outputTokens: nil)

    package init(inputTokens: Int?, outputTokens: Int?) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
