import AmbassadorCore

/// A token in the compact form (RFC 7515 §7.1), taken apart and not yet believed.
struct CompactToken: Sendable {
    let header: TokenHeader
    /// The payload's object; only ``issuer`` was read of it.
    let payload: JSONValue
    /// Who the token says has made it: it chooses whose keys are tried, and nothing else.
    let issuer: JSONString
    /// The header and payload as they were sent, with the dot between.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Takes a token apart.
    ///
    /// The caller sees to its length.
    ///
    /// - Throws: `notAToken` where it is not three parts of strict Base64 that hold two strict JSON objects and a signature; what else
    ///   is wrong with its header, or that it names no issuer.
    init(_ token: some Collection<UInt8>) throws(CredentialFault) {
        let bytes = Array(token)
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .notAToken }
        self.header = try TokenHeader(header)
        guard let payload = JSONValue(objectIn: payload) else { throw .notAToken }
        guard let issuer = payload["iss"]?.string else { throw .issuer }
        self.payload = payload
        self.issuer = issuer
        self.signedBytes = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }
}
