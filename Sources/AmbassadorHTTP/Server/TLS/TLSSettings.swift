package import NIOCore

/// The files that make connections encrypted, and callers known by their certificates.
package struct TLSSettings: Sendable, Equatable {
    /// The oldest version that is spoken; both sides take the newest that they have in common.
    package enum Version: String, Sendable, CaseIterable {
        /// Older ones are refused by RFC 8996.
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// The server's certificate in PEM, followed by those between it and its authority.
    package var certificateFile: String
    /// The certificate's private key in PEM, in a file that `SecretFile` finds private.
    package var privateKeyFile: String
    /// The authorities, in PEM, one of which must have signed a caller's certificate; `nil` where callers need none.
    package var clientAuthorityFile: String?
    package var minimumVersion = Version.tls12
    /// How often the files are looked at for changes.
    package var checkInterval: TimeAmount = .seconds(5)

    package init(certificateFile: String, privateKeyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.clientAuthorityFile = clientAuthorityFile
    }

    /// Loads the files once and drops what was loaded: what a check of the configuration asks.
    ///
    /// Reads files; not for an event loop.
    package func check() throws(CertificateError) {
        _ = try self.load()
    }
}
