import AmbassadorCore
import Crypto

extension IssuerConfiguration {
    /// What a secret begins with whose bytes are no text.
    private static let base64Prefix = "base64:"
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
                throw InvalidValue("has a kid that is longer than \(KeyID.bytesMax) bytes")
            }
        }
        let bytes = try self.bytes(of: secret)
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

    /// The bytes of a secret: those of its text, or those that stand in it in Base64 (RFC 4648 §4 or §5, with or without padding).
    private static func bytes(of secret: Secret) throws(InvalidValue) -> [UInt8] {
        guard secret.revealed.utf8.starts(with: Self.base64Prefix.utf8) else { return Array(secret.revealed.utf8) }
        var text = Array(secret.revealed.utf8.dropFirst(Self.base64Prefix.utf8.count))
        let length = text.count
        while text.last == UInt8(ascii: "="), length - text.count < 2 { text.removeLast() }
        let isStandard = text.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        if isStandard, text.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) { text = [] }
        let letters = text.map { letter in
            switch letter {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: letter
            }
        }
        guard length == text.count || length % 4 == 0, let bytes = Base64URL.decode(letters) else {
            throw InvalidValue("has a secret that begins with \(Self.base64Prefix) and is not Base64 behind it")
        }
        return bytes
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
