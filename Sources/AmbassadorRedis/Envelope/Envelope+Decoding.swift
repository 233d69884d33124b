import AmbassadorCore
import NIOCore

extension Envelope {
    /// Reads the entry of a key.
    ///
    /// Total: any bytes whatever give an entry or `nil`, and what is announced but not there is never allocated.
    ///
    /// - Returns: `nil` where the value is damaged, of another version, forged, another key's, or past its expiry.
    static func decode(_ value: ByteBuffer, for key: CacheKey, at now: Timestamp, seal: EnvelopeSeal) -> CacheEntry? {
        guard var content = seal.opened(value),
            let head = EnvelopeHead(reading: &content),
            head.length == value.readableBytes, head.key == key, head.flags.contains(.keyed) == seal.isKeyed,
            now < head.expiry
        else { return nil }
        return self.entry(head, &content)
    }

    private static func entry(_ head: EnvelopeHead, _ content: inout ByteBuffer) -> CacheEntry? {
        guard let storedAt = self.number(&content, Bounds.time),
            let lifetimeMax = self.number(&content, Bounds.lifetime, if: head.flags.contains(.lifetimeMax)),
            let inputTokens = self.number(&content, Bounds.count, if: head.flags.contains(.inputTokens)),
            let outputTokens = self.number(&content, Bounds.count, if: head.flags.contains(.outputTokens)),
            let upstreamMicroseconds = self.number(&content, Bounds.count),
            let answer = self.answer(&content, head.flags.contains(.records) ? .records : .document)
        else { return nil }
        var input: ByteBuffer?
        if head.flags.contains(.input) {
            guard let part = content.readLengthPrefixedSlice(as: UInt32.self) else { return nil }
            input = part
        }
        guard content.readableBytes == 0 else { return nil }
        return CacheEntry(
            key: head.key,
            tenant: head.tenant,
            target: head.target,
            storedAt: Timestamp(milliseconds: storedAt),
            lifetimeMax: lifetimeMax.value.map { .milliseconds($0) },
            forbidsStale: head.flags.contains(.forbidsStale),
            answer: answer,
            usage: Usage(
                inputTokens: inputTokens.value.map { Int($0) },
                outputTokens: outputTokens.value.map { Int($0) }
            ),
            upstreamMicroseconds: upstreamMicroseconds,
            input: input
        )
    }

    private static func answer(_ content: inout ByteBuffer, _ form: Answer.Form) -> Answer? {
        guard let body = content.readLengthPrefixedSlice(as: UInt32.self), body.readableBytes > 0,
            let count = content.readInteger(as: UInt32.self), Int(count) <= content.readableBytes / 4
        else { return nil }
        var offsets: [Int] = []
        offsets.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let offset = content.readInteger(as: UInt32.self) else { return nil }
            offsets.append(Int(offset))
        }
        guard self.areValid(offsets, in: body), let text = content.readLengthPrefixedSlice(as: UInt32.self) else {
            return nil
        }
        return Answer(form: form, body: body, sessionOffsets: offsets, text: text)
    }

    /// A number that is there where its flag says so.
    private struct Presence {
        let value: Int64?
    }

    private static func number(
        _ content: inout ByteBuffer,
        _ bounds: ClosedRange<Int64>,
        if isPresent: Bool
    ) -> Presence? {
        guard isPresent else { return Presence(value: nil) }
        return self.number(&content, bounds).map { Presence(value: $0) }
    }

    private static func number(_ content: inout ByteBuffer, _ bounds: ClosedRange<Int64>) -> Int64? {
        content.readInteger(as: Int64.self).flatMap { bounds.contains($0) ? $0 : nil }
    }
}
