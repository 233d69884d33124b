/// What a caller's trace hands on beside its id from hop to hop (W3C Trace Context).
package struct TraceContext: Hashable, Sendable {
    /// The flags that are known: `sampled` (§3.2.2.5.1) and, of level 2, `random`; all others are zero.
    package let flags: UInt8
    /// The value of `tracestate`; empty where there is none, or none that can be read (§3.3.1.4).
    package let state: String

    private static let knownFlags: UInt8 = 0b11
    /// How long a state every hop should hand on (§3.3.1.5); longer ones lose their last members.
    private static let stateBytesMax = 512
    private static let membersMax = 32
    /// Members of more bytes go first.
    private static let largeMemberBytes = 128

    /// Takes the flags as they came, and the lines of `tracestate` in their order.
    package init(flags: UInt8, state lines: [some BidirectionalCollection<UInt8>]) {
        self.flags = flags & Self.knownFlags
        self.state = Self.state(lines)
    }

    private static func state(_ lines: [some BidirectionalCollection<UInt8>]) -> String {
        guard !lines.isEmpty else { return "" }
        var members: [[UInt8]] = []
        for line in lines {
            for member in line.split(separator: UInt8(ascii: ",")) {
                let member = Self.trimmed(Array(member))
                // Empty members are allowed and say nothing.
                guard !member.isEmpty else { continue }
                guard members.count < Self.membersMax, Self.isValid(member) else { return "" }
                members.append(Array(member))
            }
        }
        Self.shorten(&members)
        return String(decoding: Array(members.joined(separator: [UInt8(ascii: ",")])), as: UTF8.self)
    }

    private static func shorten(_ members: inout [[UInt8]]) {
        var bytes = members.reduce(max(0, members.count - 1)) { $0 + $1.count }
        for isLarge in [true, false] {
            for position in members.indices.reversed() where bytes > Self.stateBytesMax {
                guard !isLarge || members[position].count > Self.largeMemberBytes else { continue }
                bytes -= members[position].count + 1
                members.remove(at: position)
            }
        }
    }

    /// Whether the bytes are `key=value` (§3.3.1.3), the key with a system's name behind an `@` or without.
    private static func isValid(_ member: ArraySlice<UInt8>) -> Bool {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let (key, value) = (member[..<equals], member[(equals + 1)...])
        guard let first = key.first, Self.isLowercaseOrDigit(first), key.count <= 256 else { return false }
        guard key.allSatisfy({ Self.isLowercaseOrDigit($0) || "_-*/@".utf8.contains($0) }) else { return false }
        // A comma is never in it: the members were cut at those.
        return (1...256).contains(value.count)
            && value.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
    }

    private static func isLowercaseOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func trimmed(_ member: [UInt8]) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var member = member.drop(while: isBlank)
        while let last = member.last, isBlank(last) { member = member.dropLast() }
        return member
    }
}
