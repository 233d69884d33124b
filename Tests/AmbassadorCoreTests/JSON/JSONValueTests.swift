import AmbassadorCore
import NIOCore
import Testing

@Suite("JSON value")
struct JSONValueTests {
    private static func value(_ text: String) throws -> JSONValue {
        try JSONParser.parse(ByteBuffer(string: text))
    }

    @Test("members are found by their exact name")
    func findsMembers() throws {
        let object = try Self.value(#"{"a":1,"b":{"a":"x"},"A":[true]}"#)
        #expect(object["b"]?["a"]?.string == JSONString("x"))
        #expect(object["A"]?.array == [.bool(true)])
        #expect(object["c"] == nil)
        #expect(object["a"]?["a"] == nil)
        #expect(try Self.value("[1]")["0"] == nil)
    }

    @Test(
        "only plain digits, with a fraction of zeros or without, are a count",
        arguments: [
            ("0", 0), ("7", 7), ("999999999999999999", 999_999_999_999_999_999), ("1000000000000000000", nil),
            ("-1", nil), ("-0", nil),
            ("1.0", 1), ("20.000", 20), ("1.5", nil), ("1.01", nil), ("1.0e1", nil), ("1e2", nil), ("\"1\"", nil),
            ("null", nil), ("true", nil),
        ] as [(String, Int?)]
    )
    func counts(text: String, count: Int?) throws {
        #expect(try Self.value(text).count == count)
    }

    @Test(
        "kinds are named with their articles",
        arguments: [
            ("null", "null"), ("true", "a boolean"), ("1", "a number"), ("\"\"", "a string"), ("[]", "an array"),
            ("{}", "an object"),
        ]
    )
    func namesKinds(text: String, name: String) throws {
        #expect(try Self.value(text).kindWithArticle == name)
    }
}
