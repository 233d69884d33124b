import AmbassadorCore
import Testing

@testable import AmbassadorIdentity

/// `X-API-Key` and `Authorization: Bearer` in one request: one of them may be meant for LangFlow, or for a proxy.
@Suite("Two credentials in one request")
struct TwoCredentialsTests {
    /// Judges by what is written: `ada` and `bob` are callers, what begins with `late` or `long` is found out later.
    private struct Judge: Authenticator {
        let fault: CredentialFault

        func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
            switch credential {
            case .apiKey(let secret), .bearer(let secret): self.verdict(secret.revealed[...])
            case .none, .unusable, .both: .rejected(.malformed)
            }
        }

        private func verdict(_ text: Substring) -> Authentication {
            if text.hasPrefix("late ") { return .pending { self.verdict(text.dropFirst(5)) } }
            if text.hasPrefix("long ") { return .laborious { self.verdict(text.dropFirst(5)) } }
            switch text {
            case "ada", "bob", "amb_ada": return .accepted(Self.caller(text.hasSuffix("ada") ? "ada" : "bob", "acme"))
            case "ada elsewhere": return .accepted(Self.caller("ada", "globex"))
            case "away": return .rejected(.keysUnavailable)
            default: return .rejected(self.fault)
            }
        }

        private static func caller(_ name: String, _ tenant: String) -> Caller {
            Caller(principal: name, tenant: TenantID(tenant.utf8), permissions: .all)
        }
    }

    @Test(
        "the key decides where it is valid, the bearer where it is not, and two different callers are none",
        arguments: [
            ("ada", "ada", "ada"), ("ada", "amb_ada", "ada"), ("ada", "api-dummy-key", "ada"), ("ada", "away", "ada"),
            ("ada", "late ada", "ada"), ("ada", "long x", "ada"), ("ada", "late away", "ada"),
            ("ada", "bob", "ambiguous"), ("ada", "late bob", "ambiguous"), ("ada", "late long bob", "ambiguous"),
            ("ada", "ada elsewhere", "ambiguous"),
            ("sk-langflow", "ada", "ada"), ("sk-langflow", "long ada", "ada"), ("x", "late ada", "ada"),
            ("x", "y", "unknown_key"), ("x", "late y", "unknown_key"), ("x", "away", "keys_unavailable"),
            ("x", "late away", "keys_unavailable"),
        ]
    )
    func both(key: String, bearer: String, expected: String) async {
        let both = CombinedAuthenticator(keys: Judge(fault: .unknownKey), tokens: Judge(fault: .notAToken))
        let credential = Credential.both(apiKey: Secret(key), bearer: Secret(bearer))
        #expect(Self.name(await both.authenticate(credential, at: dawn).settled()) == expected)
    }

    @Test("where one kind is not taken, the other decides")
    func oneKind() async {
        let keys = CombinedAuthenticator(keys: Judge(fault: .unknownKey), tokens: nil)
        let tokens = CombinedAuthenticator(keys: nil, tokens: Judge(fault: .signature))
        let cases: [(CombinedAuthenticator, String, String, String)] = [
            (keys, "ada", "bob", "ada"), (keys, "x", "bob", "unknown_key"), (tokens, "ada", "bob", "bob"),
            (tokens, "ada", "x", "signature"),
        ]
        for (authenticator, key, bearer, expected) in cases {
            let credential = Credential.both(apiKey: Secret(key), bearer: Secret(bearer))
            #expect(Self.name(await authenticator.authenticate(credential, at: dawn).settled()) == expected)
        }
    }

    private static func name(_ verdict: Result<Caller, CredentialRejection>) -> String {
        switch verdict {
        case .success(let caller): caller.principal
        case .failure(let rejection): rejection.fault.rawValue
        }
    }
}
