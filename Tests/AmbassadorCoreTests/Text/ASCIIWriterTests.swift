import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct ASCIIWriterTests {
    private func written(_ body: (inout ASCIIWriter) -> Void) -> String {
        var buffer = ByteBuffer(string: "before|")
        buffer.writeASCII(atMost: 64, body)
        buffer.writeString("|after")
        return String(buffer: buffer)
    }

    @Test("pieces stand one behind the other, between what was there and what comes")
    func pieces() {
        let text = self.written { writer in
            writer.writeStaticString("a")
            writer.writeStaticString("")
            writer.writeString("bc")
            writer.writeString("a string that does not fit into two words")
        }
        #expect(text == "before|abca string that does not fit into two words|after")
        #expect(self.written { _ in } == "before||after")
    }

    @Test(
        "numbers are written as Swift writes them",
        arguments: [
            0, 1, 9, 10, 11, 99, 100, 101, 999_999_999, 1_000_000_000, 999_999_999_999_999_999,
            1_000_000_000_000_000_000, .max, .min, -1, -10, -412,
        ]
    )
    func decimal(number: Int) {
        #expect(self.written { $0.writeDecimal(number) } == "before|\(number)|after")
    }

    @Test("every power of ten and its neighbors have their digits")
    func powers() {
        var power = 1
        for _ in 0..<18 {
            power *= 10
            for number in [power - 1, power, power + 1] {
                #expect(self.written { $0.writeDecimal(number) } == "before|\(number)|after")
            }
        }
    }

    @Test("a word has its sixteen digits, as a buffer writes them")
    func hexadecimal() {
        for word: UInt64 in [0, .max, 0x0123_4567_89AB_CDEF, 0xF0, 1 << 63] {
            var buffer = ByteBuffer()
            HexDigits.write(word, into: &buffer)
            #expect(self.written { $0.writeHexadecimal(word) } == "before|\(String(buffer: buffer))|after")
        }
        #expect(self.written { $0.writeHexadecimal(0x0123_4567_89AB_CDEF) } == "before|0123456789abcdef|after")
    }

    @Test("all of the room that was asked for can be used")
    func whole() {
        var buffer = ByteBuffer()
        buffer.writeASCII(atMost: 3) { $0.writeStaticString("abc") }
        #expect(String(buffer: buffer) == "abc")
    }
}
