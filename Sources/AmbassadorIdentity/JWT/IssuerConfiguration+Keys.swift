import AmbassadorCore
import Crypto

extension IssuerConfiguration {
    /// The longest secret, in bytes.
    private static let secretBytesMax = 4096
    private static let publicKeysMax = 32

    /// The keys that stand in the configuration itself, and whether they go with the algorithms.
    ///
    /// - Returns: nothing for keys that are read from elsewhere.
    static func fixedKeys(_ keys: Keys, for algorithms: Set<SigningAlgorithm>) throws(InvalidValue) -> [JWTKey] {
        guard !algorithms.isEmpty else { throw InvalidValue("has no algorithms") }
        let symmetric = algorithms.filter(\.isSymmetric)
        guard symmetric.isEmpty || symmetric.count == algorithms.count else {
            throw InvalidValue("has HS… algorithms beside others; with both, its public key would serve as a secret")
        }
        if case .secret(let secret, let id) = keys {
            return [try self.key(secret, id: id, for: algorithms)]
        }
        guard symmetric.isEmpty else {
            throw InvalidValue("has HS… algorithms, which need a secret and not public keys")
        }
        guard case .publicKeys(let keys) = keys else { return [] }
        return try self.keys(keys, for: algorithms)
    }

    private static func key(
        _ secret: Secret,
        id: String?,
        for algorithms: Set<SigningAlgorithm>
    ) throws(InvalidValue) -> JWTKey {
        if let id {
            guard KeyID.isValid(JSONString(id)) else {
                throw InvalidValue("has a kid that is not 1 to 128 letters, digits, dots, dashes and underscores")
            }
        }
        let bytes = Array(secret.revealed.utf8)
        let needed = algorithms.map(\.secretBytesMin).max() ?? 0
        guard (needed...Self.secretBytesMax).contains(bytes.count) else {
            throw InvalidValue(
                "has a secret that is not \(needed) to \(Self.secretBytesMax) bytes long, as its algorithms need"
            )
        }
        let material = JWTKey.Material.secret(SymmetricKey(data: bytes))
        guard let key = JWTKey(id: id.map { JSONString($0) }, material: material, algorithms: algorithms) else {
            throw InvalidValue("has a secret, but its algorithms need public keys")
        }
        return key
    }

    private static func keys(
        _ keys: [PEMKey],
        for algorithms: Set<SigningAlgorithm>
    ) throws(InvalidValue) -> [JWTKey] {
        guard (1...Self.publicKeysMax).contains(keys.count) else {
            throw InvalidValue("has no public key, or more than \(Self.publicKeysMax)")
        }
        var fitting: [JWTKey] = []
        for key in keys {
            guard let key = JWTKey(id: key.id, material: key.material, algorithms: algorithms) else {
                throw InvalidValue("has a public key that fits none of its algorithms")
            }
            fitting.append(key)
        }
        let ids = fitting.compactMap(\.id)
        guard Set(ids).count == ids.count else { throw InvalidValue("has two public keys with one kid") }
        return fitting
    }
}
