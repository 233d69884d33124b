import AmbassadorCore

@testable import AmbassadorIdentity

extension ForgedTokens {
    private static func claims(
        _ forge: TokenForge,
        _ name: String,
        _ values: [(value: String?, fault: CredentialFault)]
    ) throws -> [ForgedToken] {
        try values.map { value, fault in
            let shown = value.map { "\($0.prefix(40)) of \($0.utf8.count)" } ?? "missing"
            return ForgedToken("\(name) \(shown)", try forge.token(name, value), fault)
        }
    }

    static func times(_ forge: TokenForge) throws -> [ForgedToken] {
        let now = TokenForge.now
        let nonsense = [
            "\"\(now + 300)\"", "null", "true", "[]", "{}", "1e300", "1e10", "1767226000E0", "-1", "-0",
            "-1767226000.5",
            "9999999999999", "99999999999999999999999999", "1.7e9", #""never""#,
        ]
        return try self.claims(forge, "exp", nonsense.map { ($0, .claims) })
            + self.claims(
                forge,
                "exp",
                [
                    (nil, .claims), ("0", .expired), ("1", .expired), ("\(now - 31)", .expired),
                    ("\(now - 30)", .expired), ("\(now - 30).0", .expired), ("\(now - 31).999", .expired),
                    ("0.5", .expired),
                ]
            )
            + self.claims(
                forge,
                "nbf",
                [
                    ("\(now + 31)", .notYetValid), ("\(now + 30).001", .notYetValid), ("999999999999", .notYetValid),
                    ("\"0\"", .claims), ("null", .claims), ("-1", .claims), ("1e300", .claims),
                ]
            )
            + self.claims(
                forge,
                "iat",
                [
                    ("\(now + 31)", .notYetValid), ("\(now + 30).5", .notYetValid), ("\"\(now)\"", .claims),
                    ("[]", .claims), ("1e9", .claims),
                ]
            )
    }

    static func audiences(_ forge: TokenForge) throws -> [ForgedToken] {
        try self.claims(
            forge,
            "aud",
            [
                (nil, .audience), ("\"other\"", .audience), ("\"\"", .audience),
                ("\"Ambassador\"", .audience),
                ("\"ambassador \"", .audience), ("\"ambassador/\"", .audience), ("\"ambassado\"", .audience),
                ("[]", .audience), (#"["other"]"#, .audience), (#"["ambassador other"]"#, .audience),
                (#"[["ambassador"]]"#, .claims), (#"["ambassador",1]"#, .claims), ("1", .claims),
                ("[1]", .claims), ("null", .claims), ("[null]", .claims), ("true", .claims),
                (#"{"ambassador":true}"#, .claims), (#"["ambassador",["ambassador"]]"#, .claims),
            ]
        )
    }

    static func issuers(_ forge: TokenForge) throws -> [ForgedToken] {
        try self.claims(
            forge,
            "iss",
            [
                (nil, .issuer), ("1", .issuer), ("null", .issuer),
                (#"["https://issuer.example"]"#, .issuer),
                ("\"https://issuer.example/\"", .issuer), ("\"https://Issuer.example\"", .issuer),
                ("\"http://issuer.example\"", .issuer), ("\"\"", .issuer),
                ("\"https://issuer.example\\u0000\"", .issuer), ("\" https://issuer.example\"", .issuer),
                // The configured one is composed.
                ("\"https://caf\u{65}\u{301}.example\"", .issuer),
                ("\"https://attacker.example\"", .issuer),
            ]
        )
    }

    static func principals(_ forge: TokenForge) throws -> [ForgedToken] {
        let values = [
            "\"\"", "1", "null", "[]", "{}", "true", "\"\(String(repeating: "a", count: 257))\"", "\"al\\nice\"",
            "\"alice\\u0000\"", "\"alicé\"", "\"alice\\u007f\"", "\"\\t\"", "\"al\\u202eice\"",
        ]
        return try self.claims(forge, "sub", [(nil, .claims)] + values.map { ($0, .claims) })
    }

    static func tenants(_ forge: TokenForge) throws -> [ForgedToken] {
        let values = [
            "\"\"", "1", "null", "[]", #"["acme"]"#, "true", "\"Acme\"", "\"-acme\"", "\".acme\"", "\"acme/..\"",
            "\"acme \"",
            "\"acme\\u0000\"", "\"acmé\"", "\"\(String(repeating: "a", count: 64))\"", "\"../acme\"", "\"acme:other\"",
        ]
        return try self.claims(forge, "tenant", values.map { ($0, .claims) })
    }

    static func permissions(_ forge: TokenForge) throws -> [ForgedToken] {
        let many = (0...256).map { "\"run:f\($0)\"" }.joined(separator: ",")
        let values = ["1", "null", "true", "{}", #"{"run":true}"#, "[1]", #"["run",1]"#, #"[["run"]]"#, "[\(many)]"]
        return try self.claims(forge, "permissions", values.map { ($0, .claims) })
    }
}
