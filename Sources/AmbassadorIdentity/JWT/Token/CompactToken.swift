import AmbassadorCore

/// A token in the compact form (RFC 7515 §7.1), taken apart and not yet believed.
struct CompactToken: Sendable {
    /// The longest token that is looked at, in bytes.
    static let bytesMax = 8192

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
    /// - Throws: `malformed` where it is not three parts of strict Base64 that hold two strict JSON objects and a signature.
    init(_ token: some Collection<UInt8>) throws(CredentialFault) {
        guard (1...Self.bytesMax).contains(token.count) else { throw .malformed }
        let bytes = Array(token)
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        self.header = try TokenHeader(header)
        guard let payload = JSONValue(objectIn: payload), let issuer = payload["iss"]?.string else {
            throw .malformed
        }
        self.payload = payload
        self.issuer = issuer
        self.signedBytes = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }
}
