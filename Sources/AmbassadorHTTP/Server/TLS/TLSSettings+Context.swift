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
        let certificates = try CertificateFile(self.certificateFile).certificates()
        let chain = certificates.map { NIOSSLCertificateSource.certificate($0) }
        let key = NIOSSLPrivateKeySource.privateKey(try CertificateFile(self.privateKeyFile).privateKey())
        var configuration: TLSConfiguration
        var authorities: [NIOSSLCertificate] = []
        if let clientAuthorityFile {
            authorities = try CertificateFile(clientAuthorityFile).certificates()
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
}
