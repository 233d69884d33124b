#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a server is verified, and what it is shown of us.
package struct ClientTLSSettings: Sendable, Equatable {
    /// The authorities in PEM, one of which must have signed the server's certificate; `nil` for those of the system.
    package var authorityFile: String?
    /// Our own certificate in PEM, followed by those between it and its authority; `nil` where the server asks for none.
    package var certificateFile: String?
    /// Its private key in PEM, in a file that nobody but its owner may read.
    package var privateKeyFile: String?
    /// The name that is asked for and that the certificate must have; `nil` for the host of the server's address.
    package var serverName: String?

    /// Those of the system: `SSL_CERT_FILE` names another file of authorities, as it does for OpenSSL, curl and Python.
    package init() {
        self.authorityFile = getenv("SSL_CERT_FILE").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Loads the files once and drops what was loaded: what a check of the configuration asks.
    ///
    /// Reads files; not for an event loop.
    package func check() throws(CertificateError) {
        _ = try ClientTLS(self)
    }
}
