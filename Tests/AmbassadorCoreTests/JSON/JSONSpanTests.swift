import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Where a value stands") struct JSONSpanTests {
    private static func value(_ path: [StaticString], in text: String) -> String? {
        let document = ByteBuffer(string: text)
        return JSONSpan.ofValue(at: path, in: document).flatMap { span in
            document.getSlice(at: span.lowerBound, length: span.count).map { String(buffer: $0) }
        }
    }

    @Test(
        "the value's own bytes are found",
        arguments: [
            (#"{"data":{"result":{"a":[1,{"b":"}"}]}}}"#, #"{"a":[1,{"b":"}"}]}"#),
            (#"{ "event" : "end" , "data" : { "x" : "\"result\":{" , "result" : {} , "y" : 1 } }"#, "{}"),
            (#"{"data":{"r":[[],{}],"n":-1.5e3,"t":true,"result":[ "\\" ]}}"#, #"[ "\\" ]"#),
            (#"{"data":{"result":"a\\\"b"}}"#, #""a\\\"b""#),
            (#"{"result":1,"data":{"result":null}}"#, "null"),
        ]
    )
    func found(text: String, value: String) {
        #expect(Self.value(["data", "result"], in: text) == value)
    }

    @Test(
        "what is not there is not found, and nothing crashes",
        arguments: [
            "", "{", "[]", #"{"data":1}"#, #"{"data":{}}"#, #"{"data":{"result""#, #"{"data":{"result":"#,
            #"{"data":{"result":{"a""#,
            #"{"data":{"result":"abc"#, #"{"data":{"result":"\"#, #"{"data":{"Result":{}}}"#, #"{"data":{"result":]}}"#,
        ]
    )
    func missing(text: String) {
        #expect(Self.value(["data", "result"], in: text) == nil)
    }

    @Test("of any document the span holds what the parser finds there")
    func agreesWithTheParser() throws {
        for seed in 0..<500 {
            var generator = JSONGenerator(seed: UInt64(seed))
            let value = generator.value()
            var record = ByteBuffer(string: #"{"event": "end", "data": {"before": "]}", "result": "#)
            JSONWriter.write(value, into: &record)
            record.writeString(#", "z": {}}}"#)
            let parsed = try JSONParser.parse(record, depthMax: 512)["data"]?["result"]
            let span = try #require(JSONSpan.ofValue(at: ["data", "result"], in: record))
            let slice = try #require(record.getSlice(at: span.lowerBound, length: span.count))
            #expect(try JSONParser.parse(slice, depthMax: 512) == parsed, "seed \(seed)")
        }
    }
}
