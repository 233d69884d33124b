import NIOCore
import Testing

@testable import AmbassadorCore

/// What Python writes beyond RFC 8259.
@Suite struct JSONDialectTests {
    @Test(
        "is read and written as it was, and is no strict JSON",
        arguments: [
            #"["\ud83d"]"#, #"["\ude42"]"#, #"["\ud83d\ud83d","\udfff","\ud800"]"#, "[NaN]", "[Infinity,-Infinity]",
            #"{"a":NaN,"b":1e999}"#, #"{"\ud83d":1}"#,
        ]
    )
    func python(text: String) throws {
        let value = try JSONParser.parse(ByteBuffer(string: text), dialect: .python)
        var written = ByteBuffer()
        JSONWriter.write(value, into: &written)
        #expect(String(buffer: written) == text)
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: text)) }
    }

    @Test(
        "is all that is read beyond it",
        arguments: [
            "[nan]", "[-NaN]", "[Inf]", "[+Infinity]", "[Infinityx]", "[N]", "[-I]", "['a']", "[1,]", #"{"a":1,"a":2}"#,
            #"["\ud8"]"#,
            "", "\u{FEFF}[]", "[01]", "/**/[]",
        ]
    )
    func refused(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: text), dialect: .python) }
    }

    @Test("whole pairs and letters near them are what they are")
    func pairs() throws {
        let text = #"["\ud83d\ude42","\ud7ff","\ue000"]"#
        var written = ByteBuffer()
        JSONWriter.write(try JSONParser.parse(ByteBuffer(string: text), dialect: .python), into: &written)
        #expect(String(buffer: written) == "[\"🙂\",\"\u{D7FF}\",\"\u{E000}\"]")
    }
}
