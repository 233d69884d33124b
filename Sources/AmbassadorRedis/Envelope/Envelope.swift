import AmbassadorCore
import NIOCore

/// The bytes of an entry in Redis, format 1.
///
/// All integers are big-endian:
///
///     "AMBR", version u8, flags u8, length u32 of everything, seal included
///     scope 16 bytes, input hash 32 bytes
///     expiry i64, tenant u8 + bytes, target u8 + bytes
///     stored at i64, lifetime i64?, input tokens i64?, output tokens i64?, upstream time i64
///     body u32 + bytes, session offsets u32 + u32 each, text u32 + bytes, input (u32 + bytes)?
///     seal 32 bytes over all before it
///
/// Times are milliseconds, but for the upstream's microseconds; what is followed by `?` is there where its flag is set.
/// The key is part of it, so that a value moved to another key does not verify; so is the expiry, so that an old one does not.
enum Envelope {
    static let magic: UInt32 = 0x414D_4252
    static let version: UInt8 = 1
    /// Magic, version, flags, length, key, expiry, and the longest tenant and target: what ``EnvelopeHead`` needs.
    static let headBytesMax = 4 + 1 + 1 + 4 + 48 + 8 + (1 + 63) + (1 + 128)

    /// What an envelope holds besides what is always there.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8

        /// Sealed with a secret.
        static let keyed = Flags(rawValue: 1 << 0)
        static let lifetimeMax = Flags(rawValue: 1 << 1)
        static let inputTokens = Flags(rawValue: 1 << 2)
        static let outputTokens = Flags(rawValue: 1 << 3)
        static let input = Flags(rawValue: 1 << 4)
        /// The answer is the records of a stream, not a document.
        static let records = Flags(rawValue: 1 << 5)
        /// The answer must not be served once it is stale.
        static let forbidsStale = Flags(rawValue: 1 << 6)
        static let all: Flags = [.keyed, .lifetimeMax, .inputTokens, .outputTokens, .input, .records, .forbidsStale]
    }

    /// What numbers may be: anything beyond is damage, and would overflow whoever computes with it.
    enum Bounds {
        /// Up to the end of the year 9999.
        static let time = Int64(0)...253_402_300_799_999
        /// Up to a thousand years.
        static let lifetime = Int64(0)...31_557_600_000_000
        static let count = Int64(0)...(1 << 53)
    }
}
