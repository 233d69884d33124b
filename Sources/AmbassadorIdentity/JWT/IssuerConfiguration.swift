package import AmbassadorCore
import Crypto

/// Who makes tokens, how they are signed, and what they must say.
///
/// Everything that decides on a token stands here; nothing is taken from the token (RFC 8725 §3.1).
package struct IssuerConfiguration: Sendable {
    /// Where the keys come from.
    package enum Keys: Sendable {
        /// A secret that is shared with the issuer, `base64:` before its Base64 where it is no text; `id` is the `kid` of its tokens, `nil` where they have none.
        case secret(Secret, id: String? = nil)
        case publicKeys([PEMKey])
        /// A JWK Set in a file, which is looked at every five seconds.
        case file(path: String)
        /// A JWK Set that the issuer publishes.
        case url(JWKSURL)
    }

    /// The names of the claims that differ from issuer to issuer.
    package struct ClaimNames: Sendable {
        /// Who calls.
        package var principal: String
        /// Whose data it is.
        package var tenant: String
        /// What is allowed: a list of permissions, or one text with spaces between them.
        package var permissions: String

        package init(principal: String = "sub", tenant: String = "tenant", permissions: String = "permissions") {
            self.principal = principal
            self.tenant = tenant
            self.permissions = permissions
        }
    }

    /// What the configuration calls it, in records and logs.
    package let name: String
    /// The value of `iss`, byte for byte.
    package let issuer: String
    package let algorithms: Set<SigningAlgorithm>
    package let keys: Keys
    /// How often a published key set is fetched.
    package let refresh: Duration
    /// How long keys are used that could not be read again.
    package let staleMax: Duration
    let rules: ClaimRules
    /// The keys that the configuration itself holds.
    let fixedKeys: [JWTKey]

    /// Checks the settings of an issuer.
    ///
    /// - Parameters:
    ///   - name: what the configuration calls it; the issuer itself unless told.
    ///   - issuer: the value of `iss`: 1 to 512 bytes without control characters.
    ///   - algorithms: at least one; `HS…` and others together are refused, since a public key would then serve as a secret.
    ///   - keys: of a kind that fits the algorithms.
    ///   - audience: 1 to 32 values of 1 to 512 bytes, of which a token must name one in `aud`.
    ///   - leeway: how far the issuer's clock may be off, 0 to 60 seconds.
    ///   - claims: names of 1 to 128 bytes.
    ///   - principalPrefix: what the name of a principal begins with, so that it is nobody else's: printable ASCII, 128 bytes at most.
    ///   - tenant: the one tenant that the issuer speaks for; a token that names another is not accepted.
    ///   - permissions: what a token allows that says nothing of permissions.
    ///   - refresh: 30 seconds to 24 hours.
    ///   - staleMax: at least as long as `refresh`, 30 days at most.
    /// - Throws: what is wrong, as the rest of a sentence that begins with the issuer.
    package init(
        name: String? = nil,
        issuer: String,
        algorithms: Set<SigningAlgorithm>,
        keys: Keys,
        audience: [String],
        leeway: Duration = .seconds(30),
        claims: ClaimNames = ClaimNames(),
        principalPrefix: String = "",
        tenant: TenantID? = nil,
        permissions: Permissions = Permissions([]),
        refresh: Duration = .seconds(600),
        staleMax: Duration = .seconds(86_400)
    ) throws(InvalidValue) {
        guard Self.isText(issuer, bytesMax: 512) else {
            throw InvalidValue("has a name that is not 1 to 512 bytes without control characters")
        }
        guard (1...32).contains(audience.count), audience.allSatisfy({ Self.isText($0, bytesMax: 512) }) else {
            throw InvalidValue(
                "has no audience, or not 1 to 32 of 1 to 512 bytes; name the one that stands for this service"
            )
        }
        guard (.zero ... .seconds(60)).contains(leeway) else {
            throw InvalidValue("has a leeway that is not 0 to 60 seconds")
        }
        guard [claims.principal, claims.tenant, claims.permissions].allSatisfy({ Self.isText($0, bytesMax: 128) })
        else {
            throw InvalidValue("has a claim's name that is not 1 to 128 bytes without control characters")
        }
        guard permissions.grants.count <= Permissions.grantsMax else {
            throw InvalidValue("has more than \(Permissions.grantsMax) permissions")
        }
        guard (.seconds(30) ... .seconds(86_400)).contains(refresh) else {
            throw InvalidValue("has a refresh that is not 30 seconds to 24 hours")
        }
        guard staleMax >= refresh, staleMax <= .seconds(30 * 86_400) else {
            throw InvalidValue("has a stale_max that is shorter than its refresh or longer than 30 days")
        }
        self.name = name ?? issuer
        self.issuer = issuer
        self.algorithms = algorithms
        self.keys = keys
        self.refresh = refresh
        self.staleMax = staleMax
        self.rules = ClaimRules(
            audience: audience.map { JSONString($0) },
            leeway: leeway,
            principalPrefix: principalPrefix,
            principalClaim: JSONString(claims.principal),
            tenantClaim: JSONString(claims.tenant),
            tenant: tenant,
            permissionsClaim: JSONString(claims.permissions),
            permissions: permissions
        )
        self.fixedKeys = try Self.fixedKeys(keys, for: algorithms)
    }

    private static func isText(_ text: String, bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
