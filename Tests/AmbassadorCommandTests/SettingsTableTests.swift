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
        let text = try String(contentsOfFile: Self.path("ambassador.example.yaml"), encoding: .utf8)
        #expect(try load(text).configuration == AmbassadorConfiguration())
        // Settings have an even number of spaces behind their "#" and end in a colon; explanations have one space.
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.wholeMatch(of: /#(?:  )*[a-z0-9_]+:.*/) == nil ? $0 : $0.dropFirst() }
            .joined(separator: "\n")
        let loaded = try load(uncommented)
        var configuration = loaded.configuration
        (configuration.flows, configuration.rateLimits, configuration.budgets) = ([:], [:], [:])
        configuration.auth.issuers = [:]
        #expect(configuration == AmbassadorConfiguration())
        for setting in SettingsTable.top.settings {
            #expect(loaded.origins[setting.path] != nil, "\(setting.path) is not in the example")
        }
        let examples = [
            "auth.issuers": "main", "rate_limits": "per_tenant", "budgets": "acme", "flows": "faq_qa",
        ]
        for map in SettingsTable.maps {
            let name = try #require(examples[map.path])
            for setting in map.settings {
                let key = "\(map.path).\(name).\(setting.path)"
                #expect(loaded.origins[key] != nil, "\(key) is not in the example")
            }
        }
    }

    @Test("the README's table of settings is the one that the settings make")
    func readme() throws {
        let text = try String(contentsOfFile: Self.path("README.md"), encoding: .utf8)
        let parts = text.components(separatedBy: "<!-- settings:begin -->\n")
        try #require(parts.count == 2)
        let table = parts[1].components(separatedBy: "<!-- settings:end -->")
        try #require(table.count == 2)
        guard ProcessInfo.processInfo.environment["UPDATE_README"] == nil else {
            let updated = text.replacing(table[0], with: SettingsTable.markdown)
            return try updated.write(toFile: Self.path("README.md"), atomically: true, encoding: .utf8)
        }
        #expect(table[0] == SettingsTable.markdown, "run this test with UPDATE_README=1 to write the table anew")
    }

    private static func path(_ name: String) -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return tests.deletingLastPathComponent().deletingLastPathComponent().path + "/" + name
    }
}
