import AmbassadorCore
import NIOCore

extension Envelope {
    /// Writes an entry.
    ///
    /// From `expiry` on, the value is not to be taken any more, wherever it lies.
    ///
    /// - Returns: `nil` where the entry does not fit the format or is longer than `bytesMax`.
    static func encode(_ entry: CacheEntry, expiry: Timestamp, seal: EnvelopeSeal, bytesMax: Int) -> ByteBuffer? {
        guard self.canHold(entry, expiry), let length = self.byteCount(of: entry), length <= bytesMax,
            let lengthField = UInt32(exactly: length)
        else { return nil }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(length)
        let scope = (entry.key.scope.high, entry.key.scope.low)
        let input = entry.key.input.words
        buffer.writeMultipleIntegers(self.magic, self.version, self.flags(of: entry, seal).rawValue, lengthField)
        buffer.writeMultipleIntegers(scope.0, scope.1, input.0, input.1, input.2, input.3)
        buffer.writeInteger(expiry.milliseconds)
        for name in [entry.tenant.description, entry.target.description] {
            buffer.writeInteger(UInt8(truncatingIfNeeded: name.utf8.count))
            buffer.writeString(name)
        }
        buffer.writeInteger(entry.storedAt.milliseconds)
        for number in self.optionalNumbers(of: entry) {
            if let number { buffer.writeInteger(number) }
        }
        buffer.writeInteger(entry.upstreamMicroseconds)
        self.write(entry.answer.body, into: &buffer)
        buffer.writeInteger(UInt32(truncatingIfNeeded: entry.answer.sessionOffsets.count))
        for offset in entry.answer.sessionOffsets {
            buffer.writeInteger(UInt32(truncatingIfNeeded: offset))
        }
        self.write(entry.answer.text, into: &buffer)
        if let input = entry.input { self.write(input, into: &buffer) }
        seal.seal(&buffer)
        precondition(buffer.readableBytes == length, "an envelope's length was computed wrongly")
        return buffer
    }

    private static func flags(of entry: CacheEntry, _ seal: EnvelopeSeal) -> Flags {
        var flags: Flags = []
        if seal.isKeyed { flags.insert(.keyed) }
        if entry.lifetimeMax != nil { flags.insert(.lifetimeMax) }
        if entry.usage.inputTokens != nil { flags.insert(.inputTokens) }
        if entry.usage.outputTokens != nil { flags.insert(.outputTokens) }
        if entry.input != nil { flags.insert(.input) }
        if entry.answer.form == .records { flags.insert(.records) }
        if entry.forbidsStale { flags.insert(.forbidsStale) }
        return flags
    }

    private static func optionalNumbers(of entry: CacheEntry) -> [Int64?] {
        [
            entry.lifetimeMax?.milliseconds, entry.usage.inputTokens.map(Int64.init),
            entry.usage.outputTokens.map(Int64.init),
        ]
    }

    /// - Returns: `nil` where a part is too long for its length field.
    private static func byteCount(of entry: CacheEntry) -> Int? {
        let parts = [entry.answer.body, entry.answer.text] + (entry.input.map { [$0] } ?? [])
        guard parts.allSatisfy({ $0.readableBytes <= Int(Int32.max) }) else { return nil }
        let names = 2 + entry.tenant.description.utf8.count + entry.target.description.utf8.count
        let numbers = 8 * (2 + self.optionalNumbers(of: entry).count { $0 != nil })
        let offsets = 4 + 4 * entry.answer.sessionOffsets.count
        return 4 + 1 + 1 + 4 + 48 + 8 + names + numbers + offsets
            + parts.reduce(0) { $0 + 4 + $1.readableBytes } + EnvelopeSeal.byteCount
    }

    /// Whether decoding would give the entry back.
    private static func canHold(_ entry: CacheEntry, _ expiry: Timestamp) -> Bool {
        let lifetime = entry.lifetimeMax?.milliseconds ?? 0
        let tokens = [entry.usage.inputTokens, entry.usage.outputTokens].allSatisfy {
            Bounds.count.contains(Int64($0 ?? 0))
        }
        return Bounds.time.contains(expiry.milliseconds) && Bounds.time.contains(entry.storedAt.milliseconds)
            && Bounds.lifetime.contains(lifetime) && tokens && Bounds.count.contains(entry.upstreamMicroseconds)
            && self.areValid(entry.answer.sessionOffsets, in: entry.answer.body) && entry.answer.body.readableBytes > 0
    }

    /// Whether offsets ascend and lie in the body, its end included.
    static func areValid(_ offsets: [Int], in body: ByteBuffer) -> Bool {
        var previous = 0
        for offset in offsets {
            guard offset >= previous, offset <= body.readableBytes else { return false }
            previous = offset
        }
        return true
    }

    private static func write(_ part: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(truncatingIfNeeded: part.readableBytes))
        buffer.writeImmutableBuffer(part)
    }
}
