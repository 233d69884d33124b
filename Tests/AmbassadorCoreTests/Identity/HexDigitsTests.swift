import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@Suite("Hexadecimal digits")
struct HexDigitsTests {
    @Test("lower-case digits have a value, and no other byte has one")
    func reads() {
        let digits = Array("0123456789abcdef".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(HexDigits.value(ofLowercase: byte) == digits.firstIndex(of: byte).map { UInt8($0) })
        }
        #expect((0..<16).map { HexDigits.digit($0) } == digits)
    }

    @Test(
        "a word is written with the highest digit first",
        arguments: [0, 1, .max, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 1 << 63] as [UInt64]
    )
    func writes(word: UInt64) {
        var buffer = ByteBuffer(string: "x")
        HexDigits.write(word, into: &buffer)
        let digits = String(word, radix: 16)
        #expect(buffer.text == "x" + String(repeating: "0", count: 16 - digits.count) + digits)
    }

    @Test("1,000 random words agree with Swift's own digits")
    func agrees() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<1_000 {
            let word = random.next()
            var buffer = ByteBuffer()
            HexDigits.write(word, into: &buffer)
            #expect(UInt64(buffer.text, radix: 16) == word)
        }
    }
}
