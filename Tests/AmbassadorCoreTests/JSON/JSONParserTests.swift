import AmbassadorCore
import NIOCore
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    private static func canonical(_ text: String) throws -> String {
        var buffer = ByteBuffer()
        JSONWriter.write(try JSONParser.parse(ByteBuffer(string: text)), into: &buffer)
        return buffer.text
    }

    @Test(
        "valid documents are read",
        arguments: [
            ("null", "null"), ("true", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"), ("1", "1"), ("-1", "-1"),
            ("1.0", "1.0"), ("1e0", "1e0"), ("1E+2", "1E+2"), ("1e-2", "1e-2"), ("0.5", "0.5"), ("-0.0e-0", "-0.0e-0"),
            ("0e1", "0e1"), ("20e1", "20e1"), ("123.456e78", "123.456e78"), ("9007199254740993", "9007199254740993"),
            ("18446744073709551616", "18446744073709551616"), ("1e308", "1e308"), ("1e-400", "1e-400"),
            ("1.7976931348623157e308", "1.7976931348623157e308"), ("0.00001e312", "0.00001e312"),
            ("0e999999", "0e999999"),
            ("0.0e999999999999999999999", "0.0e999999999999999999999"), ("[]", "[]"), ("{}", "{}"), (" [ ] ", "[]"),
            ("\t{\r\n}\t", "{}"), ("[1,2]", "[1,2]"), ("[ 1 , 2 ]", "[1,2]"), ("[[],{}]", "[[],{}]"),
            ("[null]", "[null]"),
            (#"{"a":1}"#, #"{"a":1}"#), (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), (#"{"":0}"#, #"{"":0}"#),
            (#"{"a":{"a":{"a":1}}}"#, #"{"a":{"a":{"a":1}}}"#), (#"{"a":1,"A":2}"#, #"{"A":2,"a":1}"#),
            (#""""#, #""""#), (#""a""#, #""a""#), (#""\"\\\/\b\f\n\r\t""#, #""\"\\/\b\f\n\r\t""#),
            (#""\u0061""#, #""a""#),
            (#""\u0000""#, #""\u0000""#), (#""\u001f""#, #""\u001f""#), (#""\u001F""#, #""\u001f""#),
            (#""\u00E9""#, "\"é\""),
            (#""\uD83D\uDE00""#, "\"😀\""), (#""\ud834\udd1e""#, "\"𝄞\""), (#""\uDBFF\uDFFF""#, "\"\u{10FFFF}\""),
            (#""\uFFFF""#, "\"\u{FFFF}\""), (#""\u2028""#, "\"\u{2028}\""),
            ("\"\u{2028}\u{2029}\"", "\"\u{2028}\u{2029}\""),
            ("\"é中😀\"", "\"é中😀\""), ("\"\u{7F}\u{80}\"", "\"\u{7F}\u{80}\""), ("\"\u{FEFF}\"", "\"\u{FEFF}\""),
            ("\"\u{202E}\u{200D}\"", "\"\u{202E}\u{200D}\""), ("\"//\"", "\"//\""), ("\"a/*b*/c#d\"", "\"a/*b*/c#d\""),
            (#""1234567\"89""#, #""1234567\"89""#), (#""12345678\n""#, #""12345678\n""#),
            (#""éé\u0041éé""#, "\"ééAéé\""),
            (
                "[\"a long plain run that takes several words of eight bytes\"]",
                "[\"a long plain run that takes several words of eight bytes\"]"
            ),
            (#"["x","y",[0,{"z":[true,false,null]}]]"#, #"["x","y",[0,{"z":[true,false,null]}]]"#),
            ("[\"\u{0}\"]".replacingNUL, #"["\u0000"]"#),
        ]
    )
    func accepts(document: String, canonical: String) throws {
        let written = try Self.canonical(document)
        #expect(Array(written.utf8) == Array(canonical.utf8))
    }

    @Test(
        "malformed documents are refused",
        arguments: [
            "", " ", "\n\t\r ", "\u{FEFF}{}", "\u{FEFF}", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[", "]", "[1",
            "[1,", "[\"a\"",
            "[1}", "{", "}", "{]", #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, #"{,"a":1}"#,
            #"{"a" 1}"#,
            #"{"a"::1}"#, #"{"a":1 "b":2}"#, #"{"a":1,,"b":2}"#, #"{"a":}"#, #"{"a"}"#, #"{a:1}"#, #"{'a':1}"#,
            #"{1:1}"#,
            #"{null:1}"#, #"{"a":1}x"#, #"{"a":1}}"#, #"{"a":1}{"b":2}"#, "[] []", "1 2", "nullnull", "nul", "nulL",
            "NULL", "True",
            "tru", "fals", "truex", "undefined", "NaN", "-NaN", "nan", "Infinity", "-Infinity", "+Infinity", "inf",
            "'a'", "\"a",
            "\"", "\"\\", "\"\\\"", "a", "abc", "// x\n1", "/* x */1", "1 // x", "1#", "# x", "[1/**/]",
            "{\"a\":/**/1}", "+1", "+0",
            "++1", "--1", "-", "- 1", "-a", "-+1", ".5", "-.5", "1.", "1.e1", "-1.", "0.", "0.e1", "01", "-01", "00",
            "-00", "012",
            "01.5", "1e", "1e+", "1e-", "1E", "1e1.5", "1ee1", "1e 1", "1.2.3", "1a", "0x1", "0x", "1_000", "1,000",
            "１", "1e400",
            "-1e400", "1e309", "1.7976931348623159e308", "10e308", "0.00001e314", "1e99999999999999999999", "[1e999]",
            #""\x41""#, #""\a""#, #""\'""#, #""\0""#, #""\U0041""#, #""\u""#, #""\u0""#, #""\u00""#, #""\u004""#,
            #""\u004g""#,
            #""\u{41}""#, #""\u+041""#, #""\u 041""#, #""\ud800""#, #""\uDFFF""#, #""\udc00\ud800""#,
            #""\ud800\ud800""#,
            #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud83d\ude0""#, #""\ud83d\"#, #"{"\ud800":1}"#,
            "\"a\nb\"",
            "\"a\tb\"", "\"a\rb\"", "\"\u{1F}\"", "\"1234567\u{1}\"", "\"12345678\u{0}\"", "\u{C}1", "\u{B}1",
            "\u{A0}1",
            "\u{3000}1", "\u{0}", "1\u{0}", "{}\u{0}", "\\u0031", "“a”", "<a>", "&", "*", "@", "()", "[1;2]",
            "{\"a\"=1}",
        ]
    )
    func refuses(document: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: document)) }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82],
            [0xE2, 0x82, 0x41], [0xE2, 0x41, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x41],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]]
    )
    func refusesInvalidUTF8(sequence: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for prefix in ["", "a", "1234567", "12345678é"] {
            let string = [quote] + Array(prefix.utf8) + sequence
            for document in [string + [quote], string] {
                let error = #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(bytes: document)) }
                #expect(error?.reason == .invalidUTF8)
                #expect(error?.offset == 1 + prefix.utf8.count)
            }
        }
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(bytes: sequence)) }
    }

    @Test("documents in UTF-16 are refused")
    func refusesUTF16() {
        let units = Array(#"{"a":1}"#.utf16)
        let littleEndian = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let bigEndian = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for document in [littleEndian, bigEndian, [0xFF, 0xFE] + littleEndian, [0xFE, 0xFF] + bigEndian] {
            #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(bytes: document)) }
        }
    }

    @Test(
        "a name may stand once in an object",
        arguments: [
            (#"{"a":1,"a":1}"#, 7, "a"), (#"{"a":1,"\u0061":2}"#, 7, "a"), (#"{"x":[{"é":1,"\u00e9":2}]}"#, 14, "é"),
            (#"{"\n":1,"\u000A":2}"#, 8, "\\u{a}"), (#"{"":1,"":2}"#, 6, ""),
            (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"10":0,"2":0}"#, 62, "2"),
            (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"8":0}"#, 49, "8"),
            (#"{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"7":0}"#, 43, "7"),
        ]
    )
    func refusesDuplicates(document: String, offset: Int, name: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: document)) }
        #expect(error == JSONError(offset: offset, reason: .duplicateMember(name)))
        #expect(error?.description == "duplicate member \"\(name)\" at byte \(offset)")
    }

    @Test("a name that stands twice is found among any number of names", arguments: 1...70)
    func findsDuplicates(count: Int) {
        let members = (0..<count).map { "\"n\($0)\":0" }.joined(separator: ",")
        for repeated in [0, count / 2, count - 1] {
            let error = JSONError(offset: members.utf8.count + 2, reason: .duplicateMember("n\(repeated)"))
            #expect(throws: error) {
                try JSONParser.parse(ByteBuffer(string: "{\(members),\"n\(repeated)\":0}"))
            }
        }
    }

    @Test("names that differ in bytes only are two names")
    func keepsNFCAndNFD() throws {
        let document = "{\"caf\u{E9}\":1,\"cafe\u{301}\":2,\"K\":3,\"\u{212A}\":4}"
        guard case .object(let members) = try JSONParser.parse(ByteBuffer(string: document)) else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.name.bytes.count) == [5, 6, 1, 3])
    }

    @Test("the same name may stand in two objects")
    func allowsNamesInOtherObjects() throws {
        #expect(try Self.canonical(#"[{"a":1},{"a":{"a":2}}]"#) == #"[{"a":1},{"a":{"a":2}}]"#)
    }

    @Test(
        "errors say what is wrong and where",
        arguments: [
            ("", "no JSON value"), ("\u{FEFF}1", "a byte order mark at byte 0; JSON is UTF-8 without one"),
            ("{\"a\":", "the JSON ends too early, at byte 5"), ("[1,]", "\"]\" at byte 3 where a value was expected"),
            ("{\"a\" 1}", "\"1\" at byte 5 where a colon was expected"),
            ("{\"a\":1 2", "\"2\" at byte 7 where a comma or a closing brace was expected"),
            ("[1é]", "a byte of value 195 at byte 2 where a comma or a closing bracket was expected"),
            ("{a:1}", "\"a\" at byte 1 where a member's name in double quotes was expected"),
            ("{}x", "\"x\" at byte 2 where nothing after the value was expected"),
            ("[01]", "a malformed number at byte 1"),
            ("[1e400]", "a number beyond the range of a double at byte 1"),
            ("\"a\u{1}\"", "a raw control character in a string at byte 2; write it as an escape"),
            (#""a\x""#, "an unknown escape in a string at byte 2"),
            (#""\ud800""#, "half of a surrogate pair at byte 1"),
        ]
    )
    func describesErrors(document: String, description: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: document)) }
        #expect(error?.description == description)
    }

    @Test("a message shows at most 32 characters of a name")
    func boundsEcho() {
        let name = String(repeating: "n", count: 100_000)
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse(ByteBuffer(string: "{\"\(name)\":1,\"\(name)\":2}"))
        }
        #expect(error?.description == "duplicate member \"\(name.prefix(31))…\" at byte 100006")
    }

    @Test("only the readable bytes are read")
    func readsReadableBytes() throws {
        var buffer = ByteBuffer(string: "xx[1]yy")
        buffer.moveReaderIndex(forwardBy: 2)
        buffer.moveWriterIndex(to: 5)
        #expect(try JSONParser.parse(buffer) == .array([.number(JSONString("1"))]))
        buffer.moveWriterIndex(to: 4)
        #expect(throws: JSONError(offset: 2, reason: .unexpectedEnd)) { try JSONParser.parse(buffer) }
    }

    @Test("strings are those of the readable bytes, with and without escapes, and stay when the buffer is written on")
    func readsStringsOfReadableBytes() throws {
        var buffer = ByteBuffer(string: #"junk{"one":"two","\u0061":"b\tc"}"#)
        buffer.moveReaderIndex(forwardBy: 4)
        let value = try JSONParser.parse(buffer)
        buffer.clear()
        buffer.writeString(String(repeating: "x", count: 40))
        #expect(value["one"] == .string(JSONString("two")))
        #expect(value["a"] == .string(JSONString("b\tc")))
    }

    @Test("members and elements belong to the innermost object and array, however many there are around them")
    func nesting() throws {
        let inner = (10..<22).map { #""m\#($0)":[\#($0),{"m10":[]}]"# }.joined(separator: ",")
        let text = #"{"a":[0,[1,{"a":{\#(inner)},"b":[2]}],3],"b":{"a":4},"m10":5}"#
        #expect(try Self.canonical(text) == text)
        // Names are unique within an object: the one around an object and the one beside it have their own.
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: #"{"a":{"b":1,"a":2},"a":3}"#)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(ByteBuffer(string: "{\(inner),\"m21\":1}")) }
    }
}

extension String {
    /// A raw NUL is refused in a string, so that the table holds its escape.
    fileprivate var replacingNUL: String {
        self.unicodeScalars.map { $0 == "\0" ? "\\u0000" : String($0) }.joined()
    }
}
