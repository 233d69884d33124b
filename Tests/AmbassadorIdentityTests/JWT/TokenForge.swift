import AmbassadorCore
import AmbassadorTesting

@testable import AmbassadorIdentity

/// Makes tokens, good and bad.
struct TokenForge: Sendable {
    static let issuer = "https://issuer.example"
    static let audience = "ambassador"
    /// What the tests' clock says, in seconds.
    static let now: Int64 = 1_767_225_600

    let keys: TestKeys

    /// Claims with their values as JSON, in their order.
    struct Claims: Sendable {
        private var members: [(name: String, value: String)] = [
            ("iss", "\"\(TokenForge.issuer)\""), ("sub", "\"alice\""), ("aud", "\"\(TokenForge.audience)\""),
            ("exp", "\(TokenForge.now + 300)"),
        ]

        init() {}

        /// With a claim changed, added or, for `nil`, left out.
        func with(_ name: String, _ value: String?) -> Claims {
            var claims = self
            let index = claims.members.firstIndex { $0.name == name }
            switch (index, value) {
            case (let index?, let value?): claims.members[index].value = value
            case (let index?, nil): claims.members.remove(at: index)
            case (nil, let value?): claims.members.append((name, value))
            case (nil, nil): break
            }
            return claims
        }

        var json: String {
            "{\(self.members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))}"
        }
    }

    /// Signs whatever header and payload are given.
    func token(header: String, payload: String, _ algorithm: SigningAlgorithm) throws -> String {
        let signed = "\(encode(header)).\(encode(payload))"
        return "\(signed).\(encode(try self.keys.sign(Array(signed.utf8), algorithm)))"
    }

    /// A token that names its algorithm and, unless `nil`, its key, and says further things in its header.
    func token(
        _ algorithm: SigningAlgorithm = .es256,
        kid: String? = "ec",
        _ claims: Claims = Claims(),
        header members: String...
    ) throws -> String {
        let kid = kid.map { ["\"kid\":\"\($0)\""] } ?? []
        let header = (["\"alg\":\"\(algorithm.rawValue)\""] + kid + members).joined(separator: ",")
        return try self.token(header: "{\(header)}", payload: claims.json, algorithm)
    }

    /// The same with a claim that is changed, added or left out.
    func token(_ name: String, _ value: String?) throws -> String {
        try self.token(.es256, kid: "ec", Claims().with(name, value))
    }

    /// Header and payload that say ES256, with a signature that was made by someone else.
    func token(_ algorithm: SigningAlgorithm, kid: String, signature: [UInt8]) -> String {
        "\(self.signed(algorithm, kid: kid)).\(encode(signature))"
    }

    /// Header and payload with the dot between.
    func signed(_ algorithm: SigningAlgorithm, kid: String) -> String {
        "\(encode(#"{"alg":"\#(algorithm.rawValue)","kid":"\#(kid)"}"#)).\(encode(Claims().json))"
    }
}
