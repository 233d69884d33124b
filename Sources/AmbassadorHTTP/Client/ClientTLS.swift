import NIOSSL

/// What connections to a server are encrypted with; read from its files when it is made.
package struct ClientTLS: Sendable {
    let context: NIOSSLContext
    /// As ``ClientTLSSettings/serverName``.
    let serverName: String?

    /// Reads the files; not for an event loop.
    package init(_ settings: ClientTLSSettings = ClientTLSSettings()) throws(CertificateError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion = .tlsv12
        if let authorities = settings.authorityFile {
            configuration.trustRoots = .certificates(try CertificateFile(authorities).certificates())
        }
        switch (settings.certificateFile, settings.privateKeyFile) {
        case (nil, nil): break
        case (let certificate?, let key?):
            let chain = try CertificateFile(certificate).certificates()
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(try CertificateFile(key).privateKey())
        case (let file, let key):
            throw .file(path: file ?? key ?? "", reason: "needs the other one: a certificate and its key")
        }
        do {
            self.context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .mismatch(reason: String(describing: error))
        }
        self.serverName = settings.serverName
    }
}
