import AmbassadorCore
import NIOHTTP1
import Testing

@testable import AmbassadorAdmin

@Suite("Pins and tombstones through the admin plane")
struct AdminCurationTests {
    private static let key = AdminAccessTests.key

    @Test("a decision is made in the caller's name, and recorded with its reason")
    func decisions() async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("ops", [.adminWrite, .adminRead]))]
        try await withAdmin(keys.authenticator) { admin in
            for (verb, body) in [
                ("pin", #"{"key":"\#(Self.key)","reason":"caf\u00e9","text":"We are open."}"#),
                ("pin", #"{"key":"\#(Self.key)","reason":"as it is"}"#),
                ("tombstone", #"{"key":"\#(Self.key)","reason":"wrong"}"#),
                ("unpin", #"{"key":"\#(Self.key)","reason":"right again"}"#),
            ] {
                let answer = try await admin.send(.POST, "/admin/v1/cache/\(verb)", headers: headers, body: body)
                #expect(answer.body == #"{"result":"done"}"# + "\n")
            }
            #expect(
                admin.caches.decisions == [
                    "pin We are open. ops caf\u{E9}", "pin - ops as it is", "tombstone ops wrong", "unpin",
                ]
            )
            #expect(admin.audit.changes.map(\.action) == [.adminWrite, .adminWrite, .adminWrite, .adminWrite])
            #expect(admin.audit.changes.first?.subject == "pin key=\(Self.key)")
            #expect(admin.audit.changes.map(\.detail).first == "done: caf??")
            let marks = try await admin.send(.GET, "/admin/v1/cache/marks", headers: headers)
            let expected =
                #"{"marks":[{"key":"\#(Self.key)","kind":"pin","time":"1970-01-01T00:00:00.000Z","author":"ops","#
                + #""reason":"why","text":"a \"b\""}]}"#
            #expect(marks.body == expected + "\n")
        }
    }

    @Test(
        "what is not a decision is refused and changes nothing",
        arguments: [
            "[]", "{}", #"{"key":"KEY"}"#, #"{"reason":"r"}"#, #"{"key":"k","reason":"r"}"#,
            #"{"key":"KEY","reason":""}"#, #"{"key":"KEY","reason":1}"#, #"{"key":"KEY","reason":"r","text":""}"#,
            #"{"key":"KEY","reason":"r","text":null}"#, #"{"key":"KEY","reason":"r","autor":"me"}"#,
            #"{"key":"KEY","reason":"LONG"}"#,
        ]
    )
    func malformed(body: String) async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("ops", [.adminWrite]))]
        let long = String(repeating: "r", count: CurationMark.reasonBytesMax + 1)
        let body = body.replacing("KEY", with: Self.key).replacing("LONG", with: long)
        try await withAdmin(keys.authenticator) { admin in
            let answer = try await admin.send(.POST, "/admin/v1/cache/pin", headers: headers, body: body)
            #expect(answer.status == 400)
            #expect(admin.caches.decisions.isEmpty)
        }
    }

    @Test(
        "what came of it is told",
        arguments: [
            (CurationResult.notFound, 404), (.noRoom, 413), (.notKept, 503), (.incomplete, 200), (.done, 200),
        ]
    )
    func results(result: CurationResult, status: Int) async throws {
        var keys = AdminKeys()
        let headers = [("x-api-key", try keys.make("ops", [.adminWrite]))]
        try await withAdmin(keys.authenticator, caches: WitnessCaches(result: result)) { admin in
            let body = #"{"key":"\#(Self.key)","reason":"r"}"#
            let answer = try await admin.send(.POST, "/admin/v1/cache/tombstone", headers: headers, body: body)
            #expect(answer.status == status)
            #expect(admin.audit.changes.map(\.outcome) == [result == .done ? .done : .failed])
        }
    }
}
