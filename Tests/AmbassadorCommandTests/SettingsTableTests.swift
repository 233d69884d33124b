import AmbassadorCore
import Foundation
import Testing

@testable import ambassador

@Suite struct SettingsTableTests {
    @Test("every default is a value that its own setting takes")
    func defaultsReadBack() throws {
        for setting in SettingsTable.top.settings {
            var configuration = AmbassadorConfiguration()
            try setting.set(setting.value(configuration), &configuration)
            #expect(configuration == AmbassadorConfiguration(), "\(setting.path)")
        }
    }

    @Test("every setting has a sentence, a variable of its own, and a row in the table")
    func documentation() {
        let settings = SettingsTable.top.settings
        let variables = Set(settings.map { ConfigurationReading.variable(for: $0.path) })
        #expect(variables.count == settings.count)
        for setting in settings {
            #expect(setting.summary.hasSuffix("."), "\(setting.path)")
            #expect(!setting.summary.contains("|"))
            #expect(SettingsTable.markdown.contains("| `\(setting.path)` | \(setting.summary) |"))
        }
    }

    @Test("the example names every setting with its default and can be used, as it is and uncommented")
    func example() throws {
        let text = try String(contentsOfFile: Self.examplePath, encoding: .utf8)
        #expect(try load(text).configuration == AmbassadorConfiguration())
        // Settings have an even number of spaces behind their "#" and end in a colon; explanations have one space.
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.wholeMatch(of: /#(?:  )*[a-z0-9_]+:.*/) == nil ? $0 : $0.dropFirst() }
            .joined(separator: "\n")
        let loaded = try load(uncommented)
        var configuration = loaded.configuration
        configuration.flows = [:]
        #expect(configuration == AmbassadorConfiguration())
        for setting in SettingsTable.top.settings {
            #expect(loaded.origins[setting.path] != nil, "\(setting.path) is not in the example")
        }
        for setting in SettingsTable.flow.settings {
            #expect(
                loaded.origins["flows.faq_qa.\(setting.path)"] != nil,
                "flows.faq_qa.\(setting.path) is not in the example"
            )
        }
    }

    static var examplePath: String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return tests.deletingLastPathComponent().deletingLastPathComponent().path + "/ambassador.example.yaml"
    }

    @Test(
        "the nearest name is found within a third of the length, and none further off",
        arguments: [
            ("ttl", "ttl"), ("tll", "ttl"), ("TTL", "ttl"), ("stale-if-error", "stale_if_error"), ("sesion", "session"),
            ("qqqqqq", nil),
            (String(repeating: "t", count: 1000), nil), ("", nil),
        ] as [(String, String?)]
    )
    func nearestName(_ name: String, _ expected: String?) {
        #expect(nearest(to: name, in: ["ttl", "stale_if_error", "session", "shared"]) == expected)
    }

    @Test(
        "edits are counted, swaps as one",
        arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("abc", "", 3)]
    )
    func distances(_ left: String, _ right: String, _ distance: Int) {
        #expect(editDistance(Array(left.utf8), Array(right.utf8)) == distance)
    }
}
