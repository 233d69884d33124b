import AmbassadorTesting
import Crypto
import Foundation
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import ambassador

/// What callers show of themselves, as a whole ambassador takes it and as its operator reads of it.
@Suite struct CredentialTests {
    private static let secret = (0..<32).map { UInt8(255 - $0) }

    private static func settings(_ keys: TestKeyFile) -> String {
        """
        auth:
          mode: both
          keys_file: "\(keys.path)"
          failures: 1000/s
          issuers:
            corp: {issuer: "https://id.test", algorithms: [HS256], secret: "base64:\(Data(secret).base64EncodedString())",
                key_id: "urn:key:1=", audience: [ambassador], permissions: [run], tenant: acme}
        flows: {faq: {ttl: 1h, session: ignore}}
        """
    }

    private static func token(
        kid: String = "urn:key:1=",
        algorithm: String = "HS256",
        audience: String = "ambassador",
        endsIn seconds: Int = 600,
        secret: [UInt8] = secret
    ) -> String {
        let end = Int(Date().timeIntervalSince1970) + seconds
        let claims = #"{"iss":"https://id.test","sub":"alice","aud":"\#(audience)","exp":\#(end)}"#
        let header = #"{"alg":"\#(algorithm)","kid":"\#(kid)","typ":"application/at+jwt"}"#
        let signed = "\(Self.encode(Data(header.utf8))).\(Self.encode(Data(claims.utf8)))"
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        return "\(signed).\(Self.encode(Data(code)))"
    }

    private static func encode(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Test("the record says why a credential was refused and whose it was; the caller is told the same of each")
    func details() async throws {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        let expired = try keys.add("expired", tenant: .named("acme"), "run", hasExpired: true)
        let revoked = try keys.add("revoked", tenant: .named("acme"), "run")
        try keys.revoke(revoked)
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let cases: [(header: (String, String), expected: String)] = [
            (("X-API-Key", expired), "expired -"), (("X-API-Key", revoked), "revoked -"),
            (("X-API-Key", "sk-of-somebody-else"), "not_an_api_key -"),
            (("Authorization", "Basic YTpi"), "malformed -"),
            (("Authorization", "Bearer \(Self.token(endsIn: -600))"), "expired corp"),
            (("Authorization", "Bearer \(Self.token(audience: "others"))"), "audience corp"),
            (("Authorization", "Bearer \(Self.token(kid: "urn:key:2="))"), "unknown_kid corp"),
            (("Authorization", "Bearer \(Self.token(secret: [UInt8](repeating: 0, count: 32)))"), "signature corp"),
            (("Authorization", "Bearer \(Self.token(algorithm: "HS512"))"), "algorithm corp"),
            (("Authorization", "Bearer \(Self.token(algorithm: "none"))"), "algorithm -"),
            (("Authorization", "Bearer api-dummy-key"), "not_a_token -"),
        ]
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings(keys)) { ambassador in
            var told: Set<String> = []
            for (header, _) in cases {
                let answer = try await ambassador.post(#"{"flow_id":"faq","input":"q"}"#, headers: [header])
                #expect(answer.status == 401)
                told.insert(answer.body.replacing(/"trace_id":"[0-9a-f]+"/, with: ""))
                told.insert(answer.headers["www-authenticate"] ?? "")
            }
            #expect(told.count == 2)
            let metrics = ambassador.metrics
            #expect(metrics.contains(#"ambassador_credentials_rejected_total{fault="expired"} 2"#))
            #expect(metrics.contains(#"ambassador_credentials_rejected_total{fault="signature"} 1"#))
        }
        let table = try await SQLiteAuditSource(path: store).rows(
            sql: """
                SELECT error_detail || ' ' || coalesce(issuer, '-'), sum(count) FROM audit
                WHERE error = 'unauthenticated' GROUP BY 1 ORDER BY 1
                """,
            limit: 100
        )
        #expect(table.rows.map { $0.map(\.plainText) } == cases.map { [$0.expected, "1"] }.sorted { $0[0] < $1[0] })
        #expect(upstream.requests.isEmpty)
        await upstream.shutdown()
    }

    @Test("of two credentials the key decides where it is valid, and two different callers are none")
    func two() async throws {
        let store = try temporaryStore()
        let keys = TestKeyFile(besideStore: store)
        let key = try keys.add("ci", tenant: .named("acme"), "run")
        let other = try keys.add("other", tenant: .named("acme"), "run")
        let upstream = try await TestUpstream.langFlow(on: MultiThreadedEventLoopGroup.singleton)
        let cases: [(key: String, authorization: String, principal: String?)] = [
            (key, "Bearer \(key)", "ci"), (key, "Bearer api-dummy-key", "ci"), (key, "Basic YTpi", "ci"),
            (key, "Bearer \(Self.token(endsIn: -600))", "ci"), ("sk-langflow", "Bearer \(Self.token())", "corp:alice"),
            ("sk-langflow", "Bearer \(key)", "ci"),
            (key, "Bearer \(other)", nil), (key, "Bearer \(Self.token())", nil), ("sk-langflow", "Bearer x", nil),
        ]
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings(keys)) { ambassador in
            for (key, authorization, principal) in cases {
                // Twice, since the second one may take a shorter way.
                for _ in 0..<2 {
                    let answer = try await ambassador.post(
                        #"{"flow_id":"faq","input":"q"}"#,
                        headers: [("X-API-Key", key), ("Authorization", authorization)]
                    )
                    #expect(answer.status == (principal == nil ? 401 : 200), "\(authorization.prefix(24))")
                }
            }
        }
        let table = try await SQLiteAuditSource(path: store).rows(
            sql: "SELECT coalesce(principal, error_detail), sum(count) FROM audit GROUP BY 1 ORDER BY 1",
            limit: 100
        )
        #expect(
            table.rows.map { $0.map(\.plainText) } == [
                ["ambiguous", "4"], ["ci", "10"], ["corp:alice", "2"], ["not_an_api_key", "2"],
            ]
        )
        await upstream.shutdown()
    }
}
