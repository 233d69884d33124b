import AmbassadorCore
import NIOCore
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    private static func write(_ value: JSONValue) -> ByteBuffer {
        var buffer = ByteBuffer()
        JSONWriter.write(value, into: &buffer)
        return buffer
    }

    /// The value with its members sorted, as a document that was written canonically is read.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(Self.sorted))
        case .object(let members):
            .object(
                members.map { JSONMember(name: $0.name, value: Self.sorted($0.value)) }.sorted { $0.name < $1.name }
            )
        default: value
        }
    }

    @Test("10,000 generated documents come back as they were, and their canonical form is a fixed point")
    func roundTrips() throws {
        var generator = JSONGenerator(seed: 1)
        for _ in 0..<10_000 {
            let value = generator.value()
            let canonical = Self.write(value)
            let read = try JSONParser.parse(canonical)
            #expect(read == Self.sorted(value))
            #expect(Self.write(read) == canonical)
        }
    }

    @Test("order, white space and escapes of 2,000 generated documents do not change their canonical form")
    func ignoresFormatting() throws {
        var generator = JSONGenerator(seed: 2)
        for _ in 0..<2_000 {
            let value = generator.value()
            let scrambled = generator.scrambled(value)
            #expect(
                Self.write(try JSONParser.parse(ByteBuffer(string: scrambled))) == Self.write(value),
                "\(scrambled)"
            )
        }
    }

    @Test("strings get the fewest escapes")
    func escapes() {
        var buffer = ByteBuffer()
        JSONWriter.writeString("\0\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/\u{7F}é\u{2028}😀", into: &buffer)
        #expect(buffer.text == #""\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/"# + "\u{7F}é\u{2028}😀\"")
    }

    @Test(
        "the three kinds of text are written alike, after what is there",
        arguments: ["", "a", "\"", "é\n", "a\"b\\c"]
    )
    func writesStrings(text: String) {
        var buffers = [ByteBuffer(string: "x"), ByteBuffer(string: "x"), ByteBuffer(string: "x")]
        JSONWriter.writeString(text, into: &buffers[0])
        JSONWriter.writeString(Array(text.utf8), into: &buffers[1])
        JSONWriter.writeString(ByteBuffer(string: text), into: &buffers[2])
        #expect(buffers[0] == buffers[1])
        #expect(buffers[0] == buffers[2])
        #expect(buffers[0].text.hasPrefix("x\""))
    }

    @Test("members are sorted by bytes, not by Swift's idea of text or by UTF-16")
    func sortsByBytes() throws {
        let document = "{\"\u{1F600}\":1,\"\u{FFFF}\":2,\"e\u{301}\":3,\"\u{E9}\":4,\"f\":5,\"\":6,\"aa\":7,\"a\":8}"
        let written = Self.write(try JSONParser.parse(ByteBuffer(string: document)))
        let expected = "{\"\":6,\"a\":8,\"aa\":7,\"e\u{301}\":3,\"f\":5,\"\u{E9}\":4,\"\u{FFFF}\":2,\"\u{1F600}\":1}"
        #expect(written == ByteBuffer(string: expected))
    }
}
