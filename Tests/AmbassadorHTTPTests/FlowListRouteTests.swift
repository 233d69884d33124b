import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite("LangFlow's list of flows as a route")
struct FlowListRouteTests {
    private static func page(_ query: String) throws(Refusal) -> FlowListRequest.Page {
        try RequestTarget("/api/v1/flows/\(query)".utf8, host: "a").flowPage()
    }

    @Test(
        "what LangFlow's clients ask for",
        arguments: [
            ("", 1, nil), ("?", 1, nil), ("?get_all=true&", 1, nil), ("?get_all=true&header_flows=true", 1, nil),
            ("?page=2&size=10", 1, nil),
            (
                "?remove_example_flows=false&components_only=false&get_all=false&header_flows=false&page=1&size=50", 1,
                50
            ),
            ("?get_all=False&page=3&size=7", 3, 7), ("?get_all=false", 1, 50), ("?components_only=true", 1, 0),
            ("?folder_id=00000000-0000-4000-8000-000000000001", 1, nil),
        ] as [(String, Int, Int?)]
    )
    func pages(query: String, number: Int, size: Int?) throws {
        #expect(try Self.page(query) == FlowListRequest.Page(number: number, size: size))
    }

    @Test(
        "what is no query of it",
        arguments: [
            "?x-api-key=evil", "?page", "?page=0", "?page=x", "?size=0", "?size=5000", "?page=1&page=2",
            "?page=99999999999999999999", "?=1", "?get_all=1", "?header_flows=", "?folder_id=mine", "?folder_id=",
        ]
    )
    func malformed(query: String) throws {
        let refusal = #expect(throws: Refusal.self) { try Self.page(query) }
        #expect(refusal?.kind == .malformedRequest)
    }
}
