import AmbassadorCore
import Crypto
import CryptoExtras
import NIOCore
import Testing

@testable import AmbassadorIdentity

@Suite("JWK Sets")
struct JWKSetTests {
    private let keys: TestKeys
    private static let asymmetric: Set<SigningAlgorithm> = Set(SigningAlgorithm.allCases.filter { !$0.isSymmetric })

    init() throws {
        self.keys = try TestKeys.shared.get()
    }

    private func set(
        _ keys: [String],
        _ algorithms: Set<SigningAlgorithm> = Self.asymmetric
    ) throws(JWKSFault) -> JWKSet {
        try JWKSet(ByteBuffer(string: "{\"keys\":[\(keys.joined(separator: ","))],\"x\":1}"), algorithms: algorithms)
    }

    /// Why a key is not used.
    private func flaw(_ key: String, _ algorithms: Set<SigningAlgorithm> = Self.asymmetric) -> String {
        do throws(JWKSFault) {
            _ = try self.set([key], algorithms)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("keys of every kind are read, each for the algorithms that fit it")
    func kinds() throws {
        let set = try self.set([
            try self.keys.jwk(.rs256, #""kid":"a""#), try self.keys.jwk(.es256, #""kid":"b""#),
            try self.keys.jwk(.es384, #""kid":"c""#), try self.keys.jwk(.es512, #""kid":"d""#),
            try self.keys.jwk(.edDSA, #""kid":"e""#), try self.keys.jwk(.ps384, #""kid":"f","alg":"PS384""#),
        ])
        #expect(set.remarks == [])
        #expect(
            set.keys.map { Set($0.algorithms) } == [
                [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512], [.es256], [.es384], [.es512], [.edDSA], [.ps384],
            ]
        )
        let restricted = try self.set([try self.keys.jwk(.rs256)], [.rs256, .es256])
        #expect(restricted.keys.map(\.algorithms) == [[.rs256]])
    }

    @Test("keys that are of no use are left out and told of")
    func flaws() throws {
        let half = encode([UInt8](repeating: 1, count: 32))
        let modulus = encode(Array(try self.keys.rsa.publicKey.getKeyPrimitives().modulus))
        let weak = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey.getKeyPrimitives()
        let cases: [(String, String)] = [
            ("{}", "has no type"), ("[]", "has no type"), (#"{"kty":"oct","k":"AAAA"}"#, "none of RSA, EC and OKP"),
            (#"{"kty":"rsa"}"#, "none of RSA, EC and OKP"),
            (try self.keys.jwk(.es256, #""use":"enc""#), "not for signatures"),
            (try self.keys.jwk(.es256, #""use":1"#), "not for signatures"),
            (try self.keys.jwk(.es256, #""key_ops":["encrypt"]"#), "not for checking signatures"),
            (try self.keys.jwk(.es256, #""key_ops":"verify""#), "not for checking signatures"),
            (try self.keys.jwk(.es256, #""alg":"ES384""#), "fits none"),
            (try self.keys.jwk(.es256, #""alg":"none""#), "not among"),
            (try self.keys.jwk(.rs256, #""alg":"HS256""#), "not among"),
            (try self.keys.jwk(.es256, #""kid":1"#), "a kid that is not"),
            (try self.keys.jwk(.es256, "\"kid\":\"\(String(repeating: "k", count: 1025))\""), "a kid that is not"),
            (try self.keys.jwk(.es256, #""d":"AAAA""#), "a private key"),
            (#"{"kty":"EC","crv":"P-256","x":"\#(half)","y":"\#(half)"}"#, "not a point"),
            (#"{"kty":"EC","crv":"P-384","x":"\#(half)","y":"\#(half)"}"#, "another length"),
            (#"{"kty":"EC","crv":"secp256k1","x":"\#(half)","y":"\#(half)"}"#, "none of P-256"),
            (#"{"kty":"EC","crv":"P-256","x":"\#(half)"}"#, "has no y"),
            (#"{"kty":"EC","x":"\#(half)"}"#, "names no curve"),
            (#"{"kty":"OKP","crv":"Ed448","x":"\#(half)"}"#, "not Ed25519"),
            (#"{"kty":"OKP","crv":"X25519","x":"\#(half)"}"#, "not Ed25519"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, "no Ed25519 key"),
            (#"{"kty":"OKP","crv":"Ed25519","x":"\#(half)="}"#, "has no x"),
            (#"{"kty":"RSA","n":"\#(modulus)"}"#, "has no e"), (#"{"kty":"RSA","e":"AQAB"}"#, "has no n"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"AQ"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"AAAB"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"Ag"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(modulus)","e":"AAAA"}"#, "exponent"),
            (#"{"kty":"RSA","n":"\#(encode(Array(weak.modulus)))","e":"AQAB"}"#, "2048 bits"),
            (#"{"kty":"RSA","n":"\#(encode([UInt8](repeating: 255, count: 1026)))","e":"AQAB"}"#, "too large"),
            (#"{"kty":"RSA","n":"\#(encode([UInt8](repeating: 0, count: 256)))","e":"AQAB"}"#, "2048 bits"),
        ]
        for (key, reason) in cases {
            #expect(self.flaw(key).contains(reason), "\(key.prefix(60)): \(self.flaw(key))")
        }
        let good = try self.keys.jwk(.es256, #""kid":"good""#)
        let set = try self.set(cases.map(\.0) + [good])
        #expect(set.keys.map(\.id) == [JSONString("good")])
        #expect(set.remarks.count == 8)
    }

    @Test("keys that share a name and an algorithm are left out, all of them; those of other kinds are not")
    func duplicates() throws {
        let other = P256.Signing.PrivateKey().publicKey.rawRepresentation
        let twice = [
            try self.keys.jwk(.es256, #""kid":"a""#), "{\(TestKeys.ec("P-256", Array(other))),\"kid\":\"a\"}",
        ]
        #expect(throws: JWKSFault.self) { try self.set(twice) }
        // With and without an algorithm of its own, an RSA key may be meant by the same token.
        let rsa = [try self.keys.jwk(.rs256, #""kid":"a""#), try self.keys.jwk(.ps256, #""kid":"a","alg":"PS256""#)]
        #expect(throws: JWKSFault.self) { try self.set(rsa) }
        let set = try self.set(
            twice + [
                try self.keys.jwk(.rs256, #""kid":"a""#), try self.keys.jwk(.edDSA, #""kid":"b""#),
                try self.keys.jwk(.edDSA),
            ]
        )
        #expect(set.keys.map(\.id) == [JSONString("a"), JSONString("b"), nil])
        #expect(set.keys[0].algorithms.contains(.rs256))
        #expect(set.remarks == ["2 keys are called a, so none of them is used"])
        let apart = try self.set([
            try self.keys.jwk(.rs256, #""kid":"a","alg":"RS256""#),
            try self.keys.jwk(.rs256, #""kid":"a","alg":"PS256""#),
            try self.keys.jwk(.es256, #""kid":"a""#), try self.keys.jwk(.es384, #""kid":"a""#),
        ])
        #expect(apart.keys.map(\.algorithms) == [[.rs256], [.ps256], [.es256], [.es384]])
    }

    @Test("a hostile name stands in no log as it is")
    func hostileNames() throws {
        let name = "\\u202e\\n" + String(repeating: "k", count: 200)
        let twice = try (0..<2).map { _ in try self.keys.jwk(.es256, "\"kid\":\"\(name)\"") }
        let set = try self.set(twice + [try self.keys.jwk(.edDSA, #""kid":"b""#)])
        let remark = try #require(set.remarks.first)
        #expect(remark.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 >= 0x80 })
        #expect(remark.count < 100 && remark.hasPrefix("2 keys are called \\u{202e}\\u{a}kkk"))
    }

    @Test(
        "what is no key set is refused",
        arguments: ["", "{}", "[]", "null", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1]}"#]
    )
    func documents(text: String) {
        #expect(throws: JWKSFault.self) { try JWKSet(ByteBuffer(string: text), algorithms: Self.asymmetric) }
    }

    @Test("a set of over 256 keys is refused")
    func tooMany() {
        #expect(throws: JWKSFault("the key set has more than 256 keys")) {
            try self.set([String](repeating: "{}", count: 257))
        }
    }

    @Test("a point of small order is no key: without its owner, anyone signs for it")
    func smallOrder() throws {
        var forgeable = 0
        for point in SmallOrder.coordinates {
            #expect(self.flaw(#"{"kty":"OKP","crv":"Ed25519","x":"\#(encode(point))"}"#).contains("anyone can sign"))
            #expect(SmallOrder.contains(point.dropLast() + [(point.last ?? 0) | 0x80]))
            // With R the neutral point and S zero, every eighth message at least verifies.
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: point)
            let signature = [1] + [UInt8](repeating: 0, count: 63)
            let isForged = (0..<200).contains { key.isValidSignature(signature, for: Array("message \($0)".utf8)) }
            forgeable += isForged ? 1 : 0
        }
        #expect(SmallOrder.coordinates.count == 7)
        #expect(forgeable >= 5)
        #expect(!SmallOrder.contains(Array(self.keys.ed25519.publicKey.rawRepresentation)))
    }
}
