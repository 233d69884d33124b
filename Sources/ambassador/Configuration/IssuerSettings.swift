import AmbassadorCore
import AmbassadorIdentity

/// What the operator has set for an issuer of tokens.
struct IssuerSettings: Sendable, Equatable {
    /// The value of `iss`; there is no issuer without one.
    var issuer: String?
    var algorithms: [SigningAlgorithm] = []
    var secret: Secret?
    /// A PEM file.
    var publicKey: String?
    /// The `kid` of tokens that are signed with the secret or the public key.
    var keyID: String?
    var jwksFile: String?
    var jwksURL: JWKSURL?
    var jwksRefresh: Duration = .seconds(600)
    var jwksStaleMax: Duration = .seconds(86_400)
    var audience: [String] = []
    var leeway: Duration = .seconds(30)
    /// The one tenant that the issuer speaks for.
    var tenant: TenantID?
    /// What a token allows that says nothing of permissions.
    var permissions: [Permissions.Grant] = []
    var principalClaim = "sub"
    var tenantClaim = "tenant"
    var permissionsClaim = "permissions"
}

extension IssuerConfiguration {
    private static let keyBytesMax = 64 << 10

    /// Checks the settings together, and reads the public key's file.
    ///
    /// Callers are named after the issuer and their own name, so that no two issuers and no API key speak for one another.
    init(_ settings: IssuerSettings, name: OperatorsName) throws(InvalidValue) {
        guard let issuer = settings.issuer else {
            throw InvalidValue("has no issuer; write the value of iss that its tokens have")
        }
        var claims = ClaimNames()
        claims.principal = settings.principalClaim
        claims.tenant = settings.tenantClaim
        claims.permissions = settings.permissionsClaim
        try self.init(
            name: "\(name)",
            issuer: issuer,
            algorithms: Set(settings.algorithms),
            keys: try Self.keys(settings),
            audience: settings.audience,
            leeway: settings.leeway,
            claims: claims,
            principalPrefix: "\(name):",
            tenant: settings.tenant,
            permissions: Permissions(settings.permissions),
            refresh: settings.jwksRefresh,
            staleMax: settings.jwksStaleMax
        )
    }

    private static func keys(_ settings: IssuerSettings) throws(InvalidValue) -> Keys {
        var keys: [Keys] = []
        if let secret = settings.secret { keys.append(.secret(secret, id: settings.keyID)) }
        if let path = settings.publicKey { keys.append(.publicKeys([try Self.publicKey(path, id: settings.keyID)])) }
        if let path = settings.jwksFile { keys.append(.file(path: path)) }
        if let url = settings.jwksURL { keys.append(.url(url)) }
        guard keys.count == 1, let only = keys.first else {
            throw InvalidValue("needs its keys from one of secret, public_key, jwks_file and jwks_url")
        }
        guard settings.keyID == nil || settings.secret != nil || settings.publicKey != nil else {
            throw InvalidValue("has a kid, but a JWK Set says itself which keys have which")
        }
        return only
    }

    private static func publicKey(_ path: String, id: String?) throws(InvalidValue) -> PEMKey {
        let text: String
        do throws(InvalidValue) {
            text = try SmallFile.read(path, bytesMax: Self.keyBytesMax, isSecret: true)
        } catch {
            throw InvalidValue("has a public_key file that cannot be used: \(error.reason)")
        }
        do throws(InvalidValue) {
            return try PEMKey(text, id: id)
        } catch {
            throw InvalidValue("has a public_key that cannot be used: it \(error.reason)")
        }
    }
}
