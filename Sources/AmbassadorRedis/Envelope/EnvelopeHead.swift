import AmbassadorCore
import NIOCore

/// What an envelope starts with: enough to tell what a value is, before or without the rest.
struct EnvelopeHead: Sendable, Equatable {
    let flags: Envelope.Flags
    /// The bytes of the envelope, seal included.
    let length: Int
    let key: CacheKey
    let expiry: Timestamp
    let tenant: TenantID
    let target: FlowName

    /// Reads the head and moves the buffer behind it.
    ///
    /// Nothing is verified by that: whoever wrote the bytes may have written anything.
    ///
    /// - Returns: `nil` where the bytes are no head of this version.
    init?(reading buffer: inout ByteBuffer) {
        guard buffer.readInteger(as: UInt32.self) == Envelope.magic,
            buffer.readInteger(as: UInt8.self) == Envelope.version,
            let flags = buffer.readInteger(as: UInt8.self).map(Envelope.Flags.init(rawValue:)),
            Envelope.Flags.all.isSuperset(of: flags),
            let length = buffer.readInteger(as: UInt32.self),
            let scope = buffer.readMultipleIntegers(as: (UInt64, UInt64).self),
            let input = buffer.readMultipleIntegers(as: (UInt64, UInt64, UInt64, UInt64).self),
            let expiry = buffer.readInteger(as: Int64.self), Envelope.Bounds.time.contains(expiry),
            let tenant = buffer.readLengthPrefixedSlice(as: UInt8.self)?.withUnsafeReadableBytes({ TenantID($0) }),
            let target = buffer.readLengthPrefixedSlice(as: UInt8.self)?.withUnsafeReadableBytes({ FlowName($0) })
        else { return nil }
        self.flags = flags
        self.length = Int(length)
        self.key = CacheKey(scope: CacheScope(high: scope.0, low: scope.1), input: InputHash(words: input))
        self.expiry = Timestamp(milliseconds: expiry)
        self.tenant = tenant
        self.target = target
    }
}
