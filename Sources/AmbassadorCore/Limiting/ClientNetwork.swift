/// The part of a client's address that a limit counts by.
///
/// An IPv4 address whole. Of an IPv6 address the first 64 bits: a customer has all the others to choose from
/// (RFC 6177 §2), so a limit by the whole address would be none. An IPv4-mapped address (RFC 4291 §2.5.5.2) is the
/// IPv4 address in it.
package struct ClientNetwork: Hashable, Sendable {
    /// The first 64 bits of the address; for IPv4 the address.
    let bits: UInt64
    let isIPv4: Bool

    /// Reads an IPv4 address in dotted decimals, or an IPv6 address (RFC 4291 §2.2) with or without a zone.
    ///
    /// - Returns: `nil` for anything else; ports and brackets are no part of an address.
    package init?(_ text: String) {
        let bytes = text.utf8[...]
        if let address = Self.ipv4(bytes) {
            (self.bits, self.isIPv4) = (UInt64(address), true)
        } else if let (high, low) = Self.ipv6(bytes.prefix { $0 != UInt8(ascii: "%") }) {
            let isMapped = high == 0 && low >> 32 == 0xFFFF
            (self.bits, self.isIPv4) = isMapped ? (low & 0xFFFF_FFFF, true) : (high, false)
        } else {
            return nil
        }
    }

    private static func ipv4(_ bytes: Substring.UTF8View) -> UInt32? {
        var address: UInt32 = 0
        var number: UInt32 = 0
        var (digits, dots) = (0, 0)
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                address = address << 8 | number
                (number, digits, dots) = (0, 0, dots + 1)
            } else {
                guard let digit = HexDigits.value(ofLowercase: byte), digit < 10 else { return nil }
                // Some readers take a leading zero for octal: such a text means no one address.
                guard digits == 0 || number > 0 else { return nil }
                number = number * 10 + UInt32(digit)
                digits += 1
                guard number <= 255 else { return nil }
            }
        }
        return digits > 0 && dots == 3 ? address << 8 | number : nil
    }

    private static func ipv6(_ bytes: Substring.UTF8View) -> (high: UInt64, low: UInt64)? {
        guard (2...45).contains(bytes.count) else { return nil }
        var (before, after) = (Groups(), Groups())
        var rest = bytes
        var isAfterGap = false
        if bytes.starts(with: "::".utf8) {
            isAfterGap = true
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let word = rest.prefix { $0 != UInt8(ascii: ":") }
            let isAdded = isAfterGap ? after.add(word) : before.add(word)
            guard isAdded else { return nil }
            rest = rest.dropFirst(word.count)
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard !isAfterGap else { return nil }
                isAfterGap = true
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        // What embeds an IPv4 address ends with it.
        guard !before.isEnded || !isAfterGap else { return nil }
        let count = before.count + after.count
        guard isAfterGap ? count <= 7 : count == 8 else { return nil }
        // The groups before the gap stand at the left end, those after it at the right end.
        let (left, right) = (before.value, after.value)
        let shift = (8 - before.count) * 16
        let high =
            shift >= 64 ? left.low << UInt64(shift - 64) : left.high << UInt64(shift) | left.low >> UInt64(64 - shift)
        let low = shift >= 64 ? 0 : left.low << UInt64(shift)
        return (high | right.high, low | right.low)
    }

    /// Groups of 16 bits, the last one at the right end.
    private struct Groups {
        var value: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        var isEnded = false

        /// Adds a group of one to four hexadecimal digits, or an IPv4 address as the last two groups.
        mutating func add(_ word: Substring.UTF8View) -> Bool {
            guard !self.isEnded, self.count < 8 else { return false }
            if word.contains(UInt8(ascii: ".")) {
                guard self.count <= 6, let address = ClientNetwork.ipv4(word) else { return false }
                self.append(UInt64(address) >> 16)
                self.append(UInt64(address) & 0xFFFF)
                self.isEnded = true
                return true
            }
            guard (1...4).contains(word.count) else { return false }
            var group: UInt64 = 0
            for byte in word {
                let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
                guard let digit = HexDigits.value(ofLowercase: isUppercase ? byte | 0x20 : byte) else { return false }
                group = group << 4 | UInt64(digit)
            }
            self.append(group)
            return true
        }

        private mutating func append(_ group: UInt64) {
            self.value = (self.value.high << 16 | self.value.low >> 48, self.value.low << 16 | group)
            self.count += 1
        }
    }
}
