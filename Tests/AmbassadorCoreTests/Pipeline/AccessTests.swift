import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("Who may do what")
struct AccessTests {
    private func caller(_ grants: String..., tenant: String? = "acme", name: String = "ci") throws -> Caller {
        Caller(
            principal: name,
            tenant: try tenant.map { try #require(TenantID($0.utf8)) },
            permissions: Permissions(try grants.map { try Permissions.Grant($0) })
        )
    }

    private func harness(_ callers: [String: Caller], slowOnes: Set<String> = [], failures: RateLimit? = nil) -> Harness
    {
        Harness(
            flows: ["faq": .cached { $0.tweaks = ["Prompt.template"] }, "other": .cached()],
            authenticator: ScriptedAuthenticator(callers, slowOnes: slowOnes),
            failures: failures
        )
    }

    @Test("nobody without an accepted credential gets further, and all are told the same")
    func unauthenticated() async throws {
        let harness = self.harness(["good": try self.caller("run")])
        var bodies: Set<String> = []
        for credential in [Credential.none, .unusable, .apiKey(Secret("bad")), .bearer(Secret("bad"))] {
            let response = await harness.ask("q", credential: credential)
            #expect(response.status == 401)
            bodies.insert(response.text.replacing(/"trace_id":"[0-9a-f]+"/, with: ""))
        }
        #expect(bodies.count == 1)
        #expect(harness.upstream.calls.isEmpty)
        let records = harness.audit.records
        #expect(records.map(\.errorKind) == Array(repeating: .unauthenticated, count: 4))
        #expect(records.allSatisfy { $0.principal == nil && $0.flow == nil && $0.outcome == .refused })
        let faults: [CredentialFault] = [.missing, .malformed, .unknownKey, .unknownKey]
        #expect(records.map(\.errorDetail) == faults.map { .credential($0, issuer: nil) })
        #expect(faults.allSatisfy { fault in !bodies.contains { $0.contains("\"\(fault.rawValue)\"") } })
    }

    @Test("a caller is recorded by name and tenant, and gets its own tenant's answers only")
    func recorded() async throws {
        let harness = self.harness([
            "a": try self.caller("run", tenant: "acme"), "b": try self.caller("run", tenant: "globex", name: "bot"),
        ])
        for key in ["a", "b", "a"] {
            #expect(await harness.ask("q", credential: .apiKey(Secret(key))).status == 200)
        }
        let records = harness.audit.records
        #expect(records.map(\.principal) == ["ci", "bot", "ci"])
        #expect(records.map(\.tenant.description) == ["acme", "globex", "acme"])
        #expect(records.map(\.outcome) == [.miss, .miss, .hit])
    }

    @Test("what is not granted is forbidden before anything is looked up, an unknown flow too")
    func forbidden() async throws {
        let harness = self.harness(["k": try self.caller("run:faq", "refresh")])
        let key = Credential.apiKey(Secret("k"))
        #expect(await harness.ask("q", credential: key).status == 200)
        #expect(await harness.ask("q", of: "other", credential: key).status == 403)
        #expect(await harness.ask("q", of: "no_such_flow", credential: key).status == 403)
        let tweaked = ByteBuffer(string: #"{"flow_id":"faq","input":"q","tweaks":{"Prompt":{"template":"x"}}}"#)
        #expect(await harness.send(tweaked, credential: key).status == 403)
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("a flow that is named by what it runs takes the permission for both names")
    func target() async throws {
        let harness = Harness(
            flows: ["payroll": .cached { $0.target = FlowName("faq-impl") }],
            authenticator: ScriptedAuthenticator([
                "target": try self.caller("run:faq-*"), "flow": try self.caller("run:payroll"),
                "both": try self.caller("run:faq-impl", "run:payroll"),
            ])
        )
        var statuses: [Int] = []
        for (key, name) in [
            ("target", "faq-impl"), ("target", "payroll"), ("flow", "faq-impl"), ("flow", "payroll"),
            ("both", "faq-impl"), ("both", "payroll"),
        ] {
            statuses.append(await harness.ask("q", of: name, credential: .apiKey(Secret(key))).status)
        }
        #expect(statuses == [403, 403, 403, 200, 200, 200])
        #expect(harness.upstream.calls.count == 1)
    }

    @Test("to have an answer made anew by the name of what a flow runs takes the permission for both names")
    func refreshByTarget() async throws {
        let harness = Harness(
            flows: ["payroll": .cached { $0.target = FlowName("faq-impl") }],
            authenticator: ScriptedAuthenticator([
                "target": try self.caller("run", "refresh:faq-*"), "flow": try self.caller("run", "refresh:payroll"),
                "both": try self.caller("run", "refresh"),
            ])
        )
        _ = await harness.ask("q", of: "payroll", credential: .apiKey(Secret("both")))
        for (key, name, isAnew) in [
            ("target", "faq-impl", false), ("target", "payroll", false), ("flow", "faq-impl", false),
            ("flow", "payroll", true), ("both", "faq-impl", true), ("both", "payroll", true),
        ] {
            let response = await harness.ask("q", of: name, cacheControl: "no-cache", credential: .apiKey(Secret(key)))
            #expect(response.cacheStatusText?.contains("fwd=request") == isAnew, "\(key), \(name)")
        }
    }

    @Test("tweaks take their own permission, and then the flow's")
    func tweaks() async throws {
        let harness = self.harness(["k": try self.caller("run", "tweak:faq")])
        let tweaked = ByteBuffer(string: #"{"flow_id":"faq","input":"q","tweaks":{"Prompt":{"template":"x"}}}"#)
        #expect(await harness.send(tweaked, credential: .apiKey(Secret("k"))).status == 200)
    }

    @Test("a header may repeat the credential's tenant but not contradict it")
    func tenants() async throws {
        let harness = self.harness([
            "k": try self.caller("run", tenant: "acme"), "free": try self.caller("run", tenant: nil),
        ])
        let key = Credential.apiKey(Secret("k"))
        #expect(await harness.ask("q", tenant: "acme", credential: key).status == 200)
        #expect(await harness.ask("q", tenant: "globex", credential: key).status == 403)
        #expect(await harness.ask("q", tenant: "ACME", credential: key).status == 400)
        #expect(await harness.ask("q", tenant: "globex", credential: .apiKey(Secret("free"))).status == 200)
        // What a caller tries with another tenant's name stands in its own tenant's records.
        #expect(harness.audit.records.map(\.tenant.description) == ["acme", "acme", "acme", "globex"])
    }

    @Test("a caller whose keys have to be fetched first is answered all the same, or refused")
    func waited() async throws {
        let harness = self.harness(["slow": try self.caller("run")], slowOnes: ["slow", "slow and bad"])
        for _ in 0..<2 { #expect(await harness.ask("q", credential: .bearer(Secret("slow"))).status == 200) }
        #expect(harness.audit.records.map(\.outcome) == [.miss, .hit])
        #expect(await harness.ask("q", credential: .bearer(Secret("slow and bad"))).status == 401)
    }

    @Test("keys that cannot be had are nobody's fault: a 503, as often as it takes")
    func keysUnavailable() async throws {
        let harness = Harness(
            flows: ["faq": .cached()],
            authenticator: ScriptedAuthenticator([:], faults: ["token": .keysUnavailable]),
            failures: try RateLimit(name: "f", by: [.address], rate: Rate(count: 2, periodSeconds: 60))
        )
        for _ in 0..<5 {
            let response = await harness.ask("q", credential: .bearer(Secret("token")))
            #expect(response.status == 503)
            #expect(response.retryAfterSeconds != nil)
        }
        #expect(harness.audit.records.allSatisfy { $0.errorKind == .identityUnavailable })
    }

    @Test("an address that tries too often must wait, while good callers from there are served")
    func guessing() async throws {
        let failures = try RateLimit(name: "f", by: [.address], rate: Rate(count: 5, periodSeconds: 60))
        let harness = self.harness(["good": try self.caller("run")], failures: failures)
        var statuses: [Int] = []
        for _ in 0..<7 { statuses.append(await harness.ask("q", credential: .apiKey(Secret("bad"))).status) }
        #expect(statuses == [401, 401, 401, 401, 401, 429, 429])
        #expect(await harness.ask("q", credential: .apiKey(Secret("good"))).status == 200)
        harness.clock.advance(by: .seconds(12))
        #expect(await harness.ask("q", credential: .apiKey(Secret("bad"))).status == 401)
    }
}
