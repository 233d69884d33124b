import Testing

@testable import AmbassadorHTTP

/// Which of an answer's two forms a caller prefers; RFC 9110 §12.5.1.
@Suite struct AcceptedTypesTests {
    private static func prefersText(_ lines: [String]) -> Bool {
        var types = AcceptedTypes()
        for line in lines { types.add(line.utf8) }
        return types.prefersText
    }

    @Test(
        "text is wanted more than JSON",
        arguments: [
            ["text/plain"], ["TEXT/Plain ; charset=utf-8"], ["text/*"], ["text/plain, application/json;q=0.9"],
            ["text/plain, */*;q=0.1"], ["*/*;q=0.1, text/plain"], ["application/json;q=0, text/plain;q=0.001"],
            ["text/plain", "application/json; q=0.5"], ["application/json; q=0.5", "text/plain"],
            ["*/*, application/json;q=0.5"], ["*/*", "application/*;q=0.2"],
            ["text/plain;q=0.3, text/plain;q=0.8, */*;q=0.5"],
            ["text/html, text/plain"], ["text/plain, application/json;q=2"],
        ]
    )
    func text(lines: [String]) {
        #expect(Self.prefersText(lines))
    }

    @Test(
        "JSON is wanted as much, or nothing is said of either",
        arguments: [
            [], [""], ["*/*"], ["application/json"], ["text/plain, application/json"], ["text/plain, */*"],
            ["text/plain", "application/json"], ["application/json", "text/plain"], ["text/plain;q=0"],
            ["text/plain;q=0.5, application/json;q=0.501"], ["text/html"], ["text/plain;q=x"], ["text/plain;q=0.0001"],
            ["text/plain;q=1.001"], ["text/*;q=0.9, */*"],
            ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
            ["text/event-stream, application/json"], ["text/plain;q=", "text/plain;q=-1"], ["text/plainer"],
        ]
    )
    func json(lines: [String]) {
        #expect(!Self.prefersText(lines))
    }
}
