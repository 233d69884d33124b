import AmbassadorCore
import NIOCore

/// A purge as it stands in the feed, format 1; sealed like the entries, so that nobody else who writes to Redis can purge stores.
///
/// All integers are big-endian:
///
///     "AMBP", version u8, replica u64, flags u8
///     key 48 bytes?, tenant (u8 + bytes)?, target (u8 + bytes)?, stored before i64?, text (u16 + bytes)?
///     seal 32 bytes over all before it
struct PurgeMessage: Equatable {
    private static let magic: UInt32 = 0x414D_4250
    private static let version: UInt8 = 1

    private struct Flags: OptionSet {
        let rawValue: UInt8

        static let key = Flags(rawValue: 1 << 0)
        static let tenant = Flags(rawValue: 1 << 1)
        static let target = Flags(rawValue: 1 << 2)
        static let storedBefore = Flags(rawValue: 1 << 3)
        static let text = Flags(rawValue: 1 << 4)
        static let all: Flags = [.key, .tenant, .target, .storedBefore, .text]
    }

    /// Who was asked for it: a number of each process's own.
    let replica: UInt64
    let selection: PurgeSelection

    init(replica: UInt64, selection: PurgeSelection) {
        self.replica = replica
        self.selection = selection
    }

    func encoded(_ seal: EnvelopeSeal) -> ByteBuffer {
        let selection = self.selection
        var flags: Flags = []
        if selection.key != nil { flags.insert(.key) }
        if selection.tenant != nil { flags.insert(.tenant) }
        if selection.target != nil { flags.insert(.target) }
        if selection.storedBefore != nil { flags.insert(.storedBefore) }
        if selection.text != nil { flags.insert(.text) }
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(Self.magic, Self.version, self.replica, flags.rawValue)
        if let key = selection.key {
            let words = key.input.words
            buffer.writeMultipleIntegers(key.scope.high, key.scope.low, words.0, words.1, words.2, words.3)
        }
        for name in [selection.tenant?.description, selection.target?.description] {
            guard let name else { continue }
            buffer.writeInteger(UInt8(truncatingIfNeeded: name.utf8.count))
            buffer.writeString(name)
        }
        if let time = selection.storedBefore { buffer.writeInteger(time.milliseconds) }
        if let text = selection.text?.raw {
            buffer.writeInteger(UInt16(clamping: text.readableBytes))
            buffer.writeImmutableBuffer(text)
        }
        seal.seal(&buffer)
        return buffer
    }

    /// Reads a message.
    ///
    /// - Returns: `nil` where it is damaged, forged or of another version: to take part of it would purge more than was meant.
    init?(_ bytes: ByteBuffer, _ seal: EnvelopeSeal) {
        guard var content = seal.opened(bytes), content.readInteger(as: UInt32.self) == Self.magic,
            content.readInteger(as: UInt8.self) == Self.version,
            let replica = content.readInteger(as: UInt64.self),
            let flags = content.readInteger(as: UInt8.self).map(Flags.init(rawValue:)), Flags.all.isSuperset(of: flags)
        else { return nil }
        var selection = PurgeSelection()
        if flags.contains(.key) {
            guard let scope = content.readMultipleIntegers(as: (UInt64, UInt64).self),
                let input = content.readMultipleIntegers(as: (UInt64, UInt64, UInt64, UInt64).self)
            else { return nil }
            selection.key = CacheKey(
                scope: CacheScope(high: scope.0, low: scope.1),
                input: InputHash(words: input)
            )
        }
        if flags.contains(.tenant) {
            let name = content.readLengthPrefixedSlice(as: UInt8.self)
            guard let tenant = name.flatMap({ TenantID($0.readableBytesView) }) else { return nil }
            selection.tenant = tenant
        }
        if flags.contains(.target) {
            let name = content.readLengthPrefixedSlice(as: UInt8.self)
            guard let target = name.flatMap({ FlowName($0.readableBytesView) }) else { return nil }
            selection.target = target
        }
        if flags.contains(.storedBefore) {
            guard let time = content.readInteger(as: Int64.self), Envelope.Bounds.time.contains(time) else {
                return nil
            }
            selection.storedBefore = Timestamp(milliseconds: time)
        }
        if flags.contains(.text) {
            guard let text = content.readLengthPrefixedSlice(as: UInt16.self),
                (1...PurgeText.bytesMax).contains(text.readableBytes)
            else { return nil }
            selection.text = PurgeText(text)
        }
        guard content.readableBytes == 0 else { return nil }
        self.init(replica: replica, selection: selection)
    }
}
