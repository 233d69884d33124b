import AmbassadorCore
import AmbassadorRedis
import Testing

@testable import ambassador

@Suite struct EffectiveConfigurationTests {
    private let yaml = """
        upstream: {api_key: canary-key}
        hot_cache: {redis: "redis://u:canary-p@h", secret: canary-secret-0123}
        defaults: {ttl: 1h, fallback: "no \\"x\\" ${A}\\n$${B}"}
        flows: {no: {session: key, price: {per_call: 0.002}}}
        """

    @Test("show names the origin of each value and hides secrets")
    func show() throws {
        let loaded = try load(self.yaml, environment: ["A": "a", "AMBASSADOR_THREADS": "2"])
        let text = EffectiveConfiguration(loaded).yaml
        #expect(!text.contains("canary"))
        #expect(text.contains("threads: 2  # environment AMBASSADOR_THREADS\n"))
        #expect(text.contains("  api_key: \"***\"  # "))
        #expect(text.contains("  redis: \"redis://u:***@h:6379/0\"  # "))
        #expect(text.contains("shutdown_grace: \"30s\"  # default\n"))
        #expect(text.contains("  \"no\":\n") && text.contains("    ttl: \"1h\"  # defaults\n"))
        let json = EffectiveConfiguration(loaded).json
        #expect(!JSONText.pretty(json).contains("canary"))
        #expect(json["tenants"]?["trust_header"] == .bool(false))
        #expect(json["upstream"]?["breaker"]?["minimum_calls"] == .digits("5"))
        #expect(json["flows"]?["no"]?["price"]?["per_call"] == .digits("0.002"))
    }

    @Test("what show writes reads back as the same configuration")
    func roundTrip() throws {
        let yaml =
            "hot_cache: {redis: \"unix:/run/r%20s?db=2\", prefix: a}\nupstream: {url: \"https://[::1]:9/x/\"}\n"
            + "defaults: {ttl: 1h, fallback: \"no \\\"x\\\" $${B}\\n\", tweaks: [A.b]}\nflows: {no: {session: key}, b: {}}"
        let loaded = try load(yaml)
        #expect(try load(EffectiveConfiguration(loaded).yaml).configuration == loaded.configuration)
    }
}
