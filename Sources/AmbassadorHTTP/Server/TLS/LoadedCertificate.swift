import AmbassadorCore
import NIOSSL

/// What the files of a TLS server give.
struct LoadedCertificate: Sendable {
    let context: NIOSSLContext
    /// Of the server's own certificate.
    let server: CertificateValidity?
    /// Of the authority for callers' certificates that ends last; `nil` where callers need none.
    let clientAuthority: CertificateValidity?

    /// Why connections could not be made with it at a moment; `nil` where they can.
    func fault(at time: Timestamp) -> CertificateError? {
        self.server?.fault(at: time) ?? self.clientAuthority?.fault(at: time)
    }
}
