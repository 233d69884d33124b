/// Why a server's certificate cannot be served; nothing of what the files contain.
package enum CertificateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file that cannot be read, or has nothing of what it should have.
    case file(path: String, reason: String)
    /// Files that are readable but do not go together, such as a key of another certificate.
    case mismatch(reason: String)
    /// Certificates that are not valid now, of which nobody would take a connection.
    case outdated(path: String, reason: String)

    package var description: String {
        switch self {
        case .file(let path, let reason): "the TLS file \(path) \(reason)"
        case .mismatch(let reason): "the TLS certificate and its key cannot be used together: \(reason)"
        case .outdated(let path, let reason): "the certificate in the TLS file \(path) \(reason)"
        }
    }
}
