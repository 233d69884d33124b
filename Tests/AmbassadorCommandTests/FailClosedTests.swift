import AmbassadorCore
import Testing

@testable import ambassador

/// A setting that is empty by mistake must not take away what the file, or nothing at all, protects.
@Suite struct FailClosedTests {
    private static let lists: Set = ["list", "addresses", "origins"]

    @Test("an empty variable is an error for every setting, and names it")
    func emptyVariables() throws {
        var count = 0
        for setting in SettingsTable.top.settings {
            let variable = ConfigurationReading.variable(for: setting.path)
            for value in ["", " ", "\t "] + (setting.notation == .list ? [",", " , ", "a,", ",a", "a,,b"] : []) {
                let errors = try errors(of: "", environment: [variable: value])
                #expect(errors.count == 1, "\(variable)=\(value.debugDescription): \(errors)")
                let hasName = errors.first?.hasPrefix("environment \(variable): \(setting.path): the value ") == true
                #expect(hasName && errors.first?.contains("empty") == true, "\(errors)")
                count += 1
            }
        }
        #expect(count > 3 * 60)
    }

    @Test("a value that is empty, blank, missing or of another kind is an error for every setting of the file")
    func emptyValues() throws {
        for setting in SettingsTable.top.settings {
            let isList = setting.notation == .list
            let bad =
                ["", "\"\"", "\"  \"", "{}", "{a: b}"]
                + (isList
                    ? ["~", "null", "[\"\"]", "[\" \"]", "[null]", "[~]", "[[]]", "a", "\"[]\""] : ["[]", "[a]"])
                + (setting.isOptional || isList ? [] : ["~", "null"])
            for value in bad {
                let errors = try errors(of: Self.nested(setting.path, value))
                #expect(errors.count == 1, "\(setting.path): \(value): \(errors)")
                #expect(errors.first?.contains(" \(setting.path): ") == true, "\(errors)")
            }
        }
    }

    @Test("so it is under the names that the operator chooses")
    func emptyValuesOfMaps() throws {
        let names = ["auth.issuers": "main", "rate_limits": "all", "budgets": "acme", "flows": "faq"]
        for map in SettingsTable.maps {
            let name = try #require(names[map.path])
            for setting in map.settings {
                let isList = Self.lists.contains(setting.typeName)
                for value in ["", "\"\"", "\"  \"", "{}"] + (isList ? ["~", "[\"\"]", "[null]", "a"] : ["[]"]) {
                    let path = "\(map.path).\(name).\(setting.path)"
                    let errors = try errors(of: Self.nested(path, value))
                    #expect(errors.contains { $0.contains(" \(path): ") }, "\(path): \(value): \(errors)")
                }
            }
        }
    }

    @Test(
        "what the file closes, no empty variable opens",
        arguments: [
            ("listen: {allowed_clients: [10.0.0.0/8]}", "AMBASSADOR_LISTEN_ALLOWED_CLIENTS"),
            ("listen: {tls: {client_ca_file: /ca.pem}}", "AMBASSADOR_LISTEN_TLS_CLIENT_CA_FILE"),
            ("auth: {mode: api_keys}", "AMBASSADOR_AUTH_MODE"),
            ("auth: {keys_file: /keys}", "AMBASSADOR_AUTH_KEYS_FILE"),
            ("hot_cache: {secret: 0123456789abcdef}", "AMBASSADOR_HOT_CACHE_SECRET"),
            ("tenants: {trust_header: false}", "AMBASSADOR_TENANTS_TRUST_HEADER"),
            ("cors: {origins: [https://a.example]}", "AMBASSADOR_CORS_ORIGINS"),
            ("defaults: {tweaks: [A.b]}", "AMBASSADOR_DEFAULTS_TWEAKS"),
            ("defaults: {global_vars: [A]}", "AMBASSADOR_DEFAULTS_GLOBAL_VARS"),
            ("threads: 1", "AMBASSADOR_CONFIG"),
        ]
    )
    func closed(_ yaml: String, _ variable: String) throws {
        for value in ["", ","] where value.isEmpty || variable.hasSuffix("CLIENTS") {
            let errors = try errors(of: yaml, environment: [variable: value])
            #expect(errors.contains { $0.hasPrefix("environment \(variable): ") }, "\(errors)")
        }
    }

    @Test("lists of the environment: blanks around elements do not count, and [] is none")
    func lists() throws {
        let variable = "AMBASSADOR_LISTEN_ALLOWED_CLIENTS"
        let file = "listen: {allowed_clients: [10.0.0.0/8]}"
        func clients(_ value: String) throws -> [String] {
            try load(file, environment: [variable: value]).configuration.listen.allowedClients.map(\.description)
        }
        #expect(try clients(" 10.1.0.0/16 ,\t::1 ") == ["10.1.0.0/16", "::1/128"])
        #expect(try clients("[]") == [])
        #expect(try clients(" [] ") == [])
        #expect(try load(file).configuration.listen.allowedClients.map(\.description) == ["10.0.0.0/8"])
    }

    @Test("an optional setting is none by null alone")
    func none() throws {
        for null in ["null", "~"] {
            #expect(try load("hot_cache: {secret: \(null)}").configuration.hotCache.secret == nil)
        }
        #expect(try errors(of: "hot_cache: {secret: \"${EMPTY}\"}", environment: ["EMPTY": ""]).count == 1)
        #expect(
            try errors(of: "", flags: [SettingFlag(name: "--redis", path: "hot_cache.redis", value: "")]).count == 1
        )
    }

    private static func nested(_ key: String, _ value: String) -> String {
        let names = key.split(separator: ".")
        return names.enumerated().map { depth, name in
            String(repeating: "  ", count: depth) + name + ":" + (depth == names.count - 1 ? " \(value)" : "") + "\n"
        }.joined()
    }
}
