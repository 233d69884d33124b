import AmbassadorCore

/// What an issuer's tokens must say, and what follows from it: a verified payload in, a caller out.
struct ClaimRules: Sendable {
    let audience: [JSONString]
    let leeway: Duration
    /// What the names of this issuer's principals begin with.
    let principalPrefix: String
    let principalClaim: JSONString
    let tenantClaim: JSONString
    /// The one tenant that the issuer speaks for, where it does for one only.
    let tenant: TenantID?
    let permissionsClaim: JSONString
    /// For tokens that say nothing of permissions.
    let permissions: Permissions

    /// Judges the payload of a token whose signature was verified (RFC 7519 §4.1).
    ///
    /// The caller's `expiresAt` is the token's `exp` with the leeway.
    func caller(from payload: JSONValue, at time: Timestamp) throws(CredentialFault) -> Caller {
        let expiresAt = try self.checkTimes(of: payload, at: time)
        guard try self.isMeantForUs(payload) else { throw .audience }
        return Caller(
            principal: try self.principal(of: payload),
            tenant: try self.tenant(of: payload),
            permissions: try self.permissions(of: payload),
            expiresAt: expiresAt
        )
    }

    private func checkTimes(of payload: JSONValue, at time: Timestamp) throws(CredentialFault) -> Timestamp {
        guard let exp = payload["exp"], let expiry = NumericDate.timestamp(exp) else { throw .claims }
        let expiresAt = expiry.advanced(by: self.leeway)
        guard time < expiresAt else { throw .expired }
        for name: StaticString in ["nbf", "iat"] {
            guard let claim = payload[name] else { continue }
            guard let start = NumericDate.timestamp(claim) else { throw .claims }
            guard start <= time.advanced(by: self.leeway) else { throw .notYetValid }
        }
        return expiresAt
    }

    private func isMeantForUs(_ payload: JSONValue) throws(CredentialFault) -> Bool {
        switch payload["aud"] {
        case .string(let audience)?:
            return self.audience.contains(audience)
        case .array(let elements)?:
            let audiences = try Self.strings(elements)
            return audiences.contains { self.audience.contains($0) }
        case nil:
            return false
        default:
            throw .claims
        }
    }

    private func principal(of payload: JSONValue) throws(CredentialFault) -> String {
        guard let name = payload.claim(self.principalClaim)?.string, (1...256).contains(name.bytes.count),
            name.bytes.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .claims }
        return self.principalPrefix + name.text
    }

    private func tenant(of payload: JSONValue) throws(CredentialFault) -> TenantID? {
        guard let claim = payload.claim(self.tenantClaim) else { return self.tenant }
        guard let text = claim.string, let tenant = TenantID(text.bytes) else { throw .claims }
        // An issuer that speaks for one tenant must not let anyone into another's data.
        guard self.tenant == nil || self.tenant == tenant else { throw .claims }
        return tenant
    }

    private func permissions(of payload: JSONValue) throws(CredentialFault) -> Permissions {
        let words: [JSONString]
        switch payload.claim(self.permissionsClaim) {
        case nil:
            return self.permissions
        case .string(let text)?:
            // As OAuth writes scopes (RFC 6749 §3.3).
            words = text.bytes.split(separator: UInt8(ascii: " ")).map { JSONString(bytes: Array($0)) }
        case .array(let elements)?:
            words = try Self.strings(elements)
        default:
            throw .claims
        }
        // A word that is no permission is somebody else's scope, and grants nothing.
        let grants = words.filter { $0.bytes.allSatisfy { $0 < 0x80 } }.compactMap { try? Permissions.Grant($0.text) }
        // To leave some out would grant what the issuer did not mean to be all.
        guard grants.count <= Permissions.grantsMax else { throw .claims }
        return Permissions(grants)
    }

    private static func strings(_ elements: [JSONValue]) throws(CredentialFault) -> [JSONString] {
        var strings: [JSONString] = []
        for element in elements {
            guard let string = element.string else { throw .claims }
            strings.append(string)
        }
        return strings
    }
}

extension JSONValue {
    /// The claim of a name that is known only at run time.
    fileprivate func claim(_ name: JSONString) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}
