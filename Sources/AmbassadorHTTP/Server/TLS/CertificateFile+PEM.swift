import NIOSSL

extension CertificateFile {
    /// The certificates in the file; at least one.
    func certificates() throws(CertificateError) -> [NIOSSLCertificate] {
        let bytes = try self.read()
        // The library's error says no more than that it did not find one.
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw self.fault("has no certificate in PEM")
        }
        return certificates
    }

    /// The key in the file, which strangers must not be able to read.
    func privateKey() throws(CertificateError) -> NIOSSLPrivateKey {
        let bytes = try self.read(isSecret: true)
        // The library's error is dropped: nothing that comes of a key's bytes is shown.
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw self.fault("has no private key in PEM, or one with a passphrase")
        }
        return key
    }
}
