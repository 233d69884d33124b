import AmbassadorCore
import NIOCore

/// The names under which entries lie in Redis: `<prefix>:1:<scope>:<input hash>`, both in lower-case hexadecimal.
///
/// Names are hashes alone, so neither tenants nor questions can be read from a list of keys. Buckets of shared limits have
/// names of their own; see ``name(ofBucket:)``.
package struct RedisKeySpace: Sendable, Equatable {
    /// What all names start with.
    package let prefix: String
    private let head: ByteBuffer

    /// The prefix `ambassador`.
    package static let `default` = RedisKeySpace(unchecked: "ambassador")

    /// - Returns: `nil` unless the prefix is 1 to 64 bytes of `A-Z a-z 0-9 . _ : -`, of which none means anything in a pattern.
    package init?(prefix: String) {
        guard (1...64).contains(prefix.utf8.count), prefix.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.init(unchecked: prefix)
    }

    private init(unchecked prefix: String) {
        self.prefix = prefix
        self.head = ByteBuffer(string: prefix + ":1:")
    }

    func name(of key: CacheKey) -> ByteBuffer {
        var name = self.head
        name.writeRepeatingByte(UInt8(ascii: ":"), count: self.nameBytes - name.readableBytes)
        self.setDigits(of: key, in: &name, nameAt: 0)
        return name
    }

    /// Writes a key's digits over those of the name that stands at an index.
    func setDigits(of key: CacheKey, in buffer: inout ByteBuffer, nameAt start: Int) {
        let input = key.input.words
        var index = start + self.head.readableBytes
        for word in [key.scope.high, key.scope.low] { index += HexDigits.set(word, at: index, in: &buffer) }
        // The colon between them stands there.
        index += 1
        for word in [input.0, input.1, input.2, input.3] { index += HexDigits.set(word, at: index, in: &buffer) }
    }

    /// The name of a shared limit's bucket: `<prefix>:l1:<hash>`, which the pattern of entries does not find.
    func name(ofBucket hash: [UInt8]) -> ByteBuffer {
        var name = ByteBuffer(string: self.prefix + ":l1:")
        for byte in hash {
            name.writeInteger(HexDigits.digit(byte >> 4))
            name.writeInteger(HexDigits.digit(byte & 0xF))
        }
        return name
    }

    /// The stream of purges, `<prefix>:p1`, and that of entries fetched anew, `<prefix>:r1`; no pattern of entries finds them.
    var purgeFeed: ByteBuffer { ByteBuffer(string: self.prefix + ":p1") }
    var refreshFeed: ByteBuffer { ByteBuffer(string: self.prefix + ":r1") }

    /// The pattern that finds all names of ours, and perhaps some of others.
    var pattern: ByteBuffer {
        var pattern = self.head
        pattern.writeInteger(UInt8(ascii: "*"))
        return pattern
    }

    /// Whether a name that the pattern found is one of ours: those of a prefix that goes on where ours ends are not.
    func contains(_ name: ByteBuffer) -> Bool {
        guard name.readableBytes == self.nameBytes, name.readableBytesView.starts(with: self.head.readableBytesView)
        else {
            return false
        }
        return name.readableBytesView.dropFirst(self.head.readableBytes).enumerated().allSatisfy { position, byte in
            position == 32 ? byte == UInt8(ascii: ":") : HexDigits.value(ofLowercase: byte) != nil
        }
    }

    private var nameBytes: Int { self.head.readableBytes + 32 + 1 + 64 }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
