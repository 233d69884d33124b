import NIOCore
import NIOSSL

extension TLSSettings {
    /// The files, in a fixed order.
    var files: [CertificateFile] {
        [self.certificateFile, self.privateKeyFile, self.clientAuthorityFile].compactMap {
            $0.map(CertificateFile.init)
        }
    }

    /// Loads the files and puts together what connections are encrypted with.
    ///
    /// Reads files; not for an event loop.
    func load() throws(CertificateError) -> LoadedCertificate {
        let certificates = try Self.certificates(in: CertificateFile(self.certificateFile))
        let chain = certificates.map { NIOSSLCertificateSource.certificate($0) }
        let key = NIOSSLPrivateKeySource.privateKey(try self.privateKey())
        var configuration: TLSConfiguration
        var authorities: [NIOSSLCertificate] = []
        if let clientAuthorityFile {
            authorities = try Self.certificates(in: CertificateFile(clientAuthorityFile))
            configuration = .makeServerConfigurationWithMTLS(
                certificateChain: chain,
                privateKey: key,
                trustRoots: .certificates(authorities)
            )
        } else {
            configuration = .makeServerConfiguration(certificateChain: chain, privateKey: key)
        }
        configuration.minimumTLSVersion = self.minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // How long a caller may take to answer our farewell; it has had the time to read the last answer before.
        configuration.shutdownTimeout = .seconds(1)
        do {
            return LoadedCertificate(
                context: try NIOSSLContext(configuration: configuration),
                // Those behind the first are not asked: a chain may well lead to an authority's certificate that has ended beside one
                // that has not, and which of them callers believe is theirs to know.
                server: certificates.first.map { CertificateValidity($0, in: self.certificateFile) },
                clientAuthority: authorities.max { $0.notValidAfter < $1.notValidAfter }.map {
                    CertificateValidity($0, in: self.clientAuthorityFile ?? "")
                }
            )
        } catch {
            throw .mismatch(reason: String(describing: error))
        }
    }

    private static func certificates(in file: CertificateFile) throws(CertificateError) -> [NIOSSLCertificate] {
        let bytes = try file.read()
        // The library's error says no more than that it did not find one.
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw file.fault("has no certificate in PEM")
        }
        return certificates
    }

    private func privateKey() throws(CertificateError) -> NIOSSLPrivateKey {
        let file = CertificateFile(self.privateKeyFile)
        let bytes = try file.read(isSecret: true)
        // The library's error is dropped: nothing that comes of a key's bytes is shown.
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw file.fault("has no private key in PEM, or one with a passphrase")
        }
        return key
    }
}
