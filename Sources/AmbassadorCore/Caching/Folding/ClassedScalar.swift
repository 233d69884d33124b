/// A scalar and its canonical combining class, in one word.
struct ClassedScalar: Sendable, Hashable {
    private var bits: UInt32

    init(_ value: UInt32, class combiningClass: UInt8) {
        self.bits = UInt32(combiningClass) << 24 | value
    }

    var value: UInt32 { self.bits & 0xFF_FFFF }

    /// 0 for what begins something new or stands alone; the others order the marks behind it.
    var combiningClass: UInt8 { UInt8(self.bits >> 24) }

    /// Appends it in UTF-8.
    func write(into bytes: inout [UInt8]) {
        let value = self.value
        func trail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(value >> shift & 0x3F) }
        switch value {
        case ..<0x80:
            bytes.append(UInt8(value))
        case ..<0x800:
            bytes.append(0xC0 | UInt8(value >> 6))
            bytes.append(trail(0))
        case ..<0x10000:
            bytes.append(0xE0 | UInt8(value >> 12))
            bytes.append(trail(6))
            bytes.append(trail(0))
        default:
            bytes.append(0xF0 | UInt8(value >> 18))
            bytes.append(trail(12))
            bytes.append(trail(6))
            bytes.append(trail(0))
        }
    }
}
