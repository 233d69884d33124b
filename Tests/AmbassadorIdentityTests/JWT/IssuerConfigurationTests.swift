import AmbassadorCore
import Crypto
import CryptoExtras
import Testing

@testable import AmbassadorIdentity

@Suite("Issuers' settings")
struct IssuerConfigurationTests {
    private let keys: TestKeys

    init() throws {
        self.keys = try TestKeys.shared.get()
    }

    private static func secret(_ length: Int) -> IssuerConfiguration.Keys {
        .secret(Secret(String(repeating: "s", count: length)))
    }

    private func reason(
        issuer: String = "i",
        _ algorithms: Set<SigningAlgorithm> = [.hs256],
        _ keys: IssuerConfiguration.Keys = Self.secret(32),
        audience: [String] = ["a"],
        leeway: Duration = .seconds(30),
        claims: IssuerConfiguration.ClaimNames = .init(),
        refresh: Duration = .seconds(600),
        staleMax: Duration = .seconds(86_400)
    ) -> String {
        do throws(InvalidValue) {
            _ = try IssuerConfiguration(
                issuer: issuer,
                algorithms: algorithms,
                keys: keys,
                audience: audience,
                leeway: leeway,
                claims: claims,
                refresh: refresh,
                staleMax: staleMax
            )
            return "nothing"
        } catch {
            return error.reason
        }
    }

    @Test("what makes tokens unsafe is refused")
    func unsafe() throws {
        let pem = IssuerConfiguration.Keys.publicKeys([try PEMKey(try self.keys.pem(.rs256))])
        #expect(self.reason() == "nothing")
        #expect(self.reason([.hs256, .rs256]).contains("beside others"))
        #expect(self.reason([.hs256, .rs256], pem).contains("beside others"))
        #expect(self.reason([.hs256], pem).contains("need a secret"))
        #expect(self.reason([.hs256], .url(try JWKSURL("https://a.example/"))).contains("need a secret"))
        #expect(self.reason([.rs256]).contains("need public keys"))
        #expect(self.reason([.es256], pem).contains("fits none"))
        #expect(self.reason([]).contains("no algorithms"))
        #expect(self.reason([.rs256], .publicKeys([])).contains("no public key"))
        #expect(self.reason(audience: []).contains("no audience"))
        #expect(self.reason(audience: [""]).contains("no audience"))
        let twice = try PEMKey(try self.keys.pem(.rs256), id: "k")
        #expect(self.reason([.rs256], .publicKeys([twice, twice])).contains("one kid"))
    }

    @Test(
        "a secret has as many bytes as the hash",
        arguments: [(SigningAlgorithm.hs256, 32), (.hs384, 48), (.hs512, 64)]
    )
    func secretLength(algorithm: SigningAlgorithm, length: Int) {
        #expect(self.reason([algorithm], Self.secret(length)) == "nothing")
        #expect(self.reason([algorithm], Self.secret(length - 1)).contains("not \(length) to 4096"))
        #expect(self.reason([.hs256, algorithm], Self.secret(length - 1)).contains("not \(length) to 4096"))
    }

    @Test("numbers and names have their limits")
    func limits() {
        #expect(self.reason(leeway: .zero) == "nothing")
        #expect(self.reason(leeway: .seconds(60)) == "nothing")
        #expect(self.reason(leeway: .milliseconds(60_001)).contains("leeway"))
        #expect(self.reason(leeway: .seconds(-1)).contains("leeway"))
        #expect(self.reason(refresh: .seconds(29)).contains("refresh"))
        #expect(self.reason(refresh: .seconds(86_401), staleMax: .seconds(90_000)).contains("refresh"))
        #expect(self.reason(refresh: .seconds(600), staleMax: .seconds(599)).contains("stale_max"))
        #expect(self.reason(staleMax: .seconds(31 * 86_400)).contains("stale_max"))
        #expect(self.reason(issuer: "").contains("name"))
        #expect(self.reason(issuer: "a\nb").contains("name"))
        #expect(self.reason(issuer: String(repeating: "a", count: 513)).contains("name"))
        #expect(self.reason(claims: .init(tenant: "")).contains("claim"))
    }

    @Test("issuers share no name, and published keys need a client")
    func authenticators() throws {
        func issuer(_ keys: IssuerConfiguration.Keys, _ algorithm: SigningAlgorithm) throws -> IssuerConfiguration {
            try IssuerConfiguration(issuer: "i", algorithms: [algorithm], keys: keys, audience: ["a"])
        }
        let first = try issuer(Self.secret(32), .hs256)
        #expect(throws: InvalidValue.self) { try JWTAuthenticator(issuers: [first, first], logger: .silent) }
        #expect(throws: InvalidValue.self) { try JWTAuthenticator(issuers: [], logger: .silent) }
        let published = try issuer(.url(try JWKSURL("https://a.example/")), .rs256)
        #expect(throws: InvalidValue.self) { try JWTAuthenticator(issuers: [published], logger: .silent) }
    }

    @Test(
        "public keys of every kind are read from PEM",
        arguments: [SigningAlgorithm.rs256, .es256, .es384, .es512, .edDSA]
    )
    func pem(algorithm: SigningAlgorithm) throws {
        let text = try self.keys.pem(algorithm)
        #expect(try PEMKey("some words\n\n" + text + "\n").material.kind == algorithm.keyKind)
        let crlf = text.split(separator: "\n").joined(separator: "\r\n")
        #expect(try PEMKey(crlf, id: "k").material.kind == algorithm.keyKind)
    }

    @Test("what is no public key is refused, and why is said")
    func badPEM() throws {
        let rsa = self.keys.rsa
        #expect(try PEMKey(rsa.publicKey.pkcs1PEMRepresentation).material.kind == .rsa)
        func reason(_ text: String, id: String? = nil) -> String {
            do throws(InvalidValue) {
                _ = try PEMKey(text, id: id)
                return "nothing"
            } catch {
                return error.reason
            }
        }
        let pem = rsa.publicKey.pemRepresentation
        let weak = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey.pemRepresentation
        #expect(reason("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----").contains("is a certificate"))
        #expect(reason(rsa.pemRepresentation).contains("is a private key"))
        #expect(reason(pem, id: "urn:key:1 =") == "nothing")
        #expect(reason(self.keys.p256.pemRepresentation).contains("is a private key"))
        #expect(reason(weak).contains("shorter than 2048 bits"))
        #expect(reason(pem + "\n" + pem).contains("several blocks"))
        #expect(reason("").contains("no line -----BEGIN"))
        #expect(reason(String(pem.prefix(200))).contains("no line -----END"))
        #expect(reason("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").contains("no public key of"))
        #expect(reason("-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----").contains("no public key of"))
        #expect(reason(pem, id: String(repeating: "k", count: 1025)).contains("kid"))
    }

    @Test(
        "keys come over https, or from this host",
        arguments: [
            ("https://issuer.example/.well-known/jwks.json", "https://issuer.example:443/.well-known/jwks.json"),
            ("https://Issuer.example:8443/keys?p=a%20b&x=1", "https://issuer.example:8443/keys?p=a%20b&x=1"),
            ("https://issuer.example", "https://issuer.example:443/"),
            ("http://127.0.0.1:80/k", "http://127.0.0.1:80/k"),
            ("http://localhost:8080/k", "http://localhost:8080/k"), ("http://[::1]:8080/k", "http://[::1]:8080/k"),
            ("https://issuer.example?x", "https://issuer.example:443/?x"),
            ("http://issuer.example/k", nil), ("http://10.0.0.1/k", nil), ("http://127.0.0.1.evil.example/k", nil),
            ("http://127.evil.example/k", nil), ("ftp://a.example/", nil), ("file:///etc/passwd", nil), ("", nil),
            ("https://", nil), ("https://u:p@a.example/", nil), ("https://a.example/#k", nil),
            ("https://a.example/ k", nil),
            ("https://a.example/%zz", nil), ("https://a.example/%4", nil), ("https://a.example:0/", nil),
            ("https://a.example/\r\nX: y", nil), ("https://a.example\\b/", nil), ("HTTPS://a.example/", nil),
            ("https://é.example/", nil), ("https://a.example/<k>", nil),
        ] as [(String, String?)]
    )
    func urls(text: String, expected: String?) {
        #expect((try? JWKSURL(text))?.description == expected)
    }
}
