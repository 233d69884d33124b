import AmbassadorCore
import NIOSSL

/// From when to when a certificate is valid (RFC 5280 §4.1.2.5).
struct CertificateValidity: Sendable {
    let path: String
    let begins: Timestamp
    let ends: Timestamp

    init(_ certificate: NIOSSLCertificate, in path: String) {
        self.path = path
        self.begins = Timestamp(milliseconds: Int64(certificate.notValidBefore) * 1_000)
        self.ends = Timestamp(milliseconds: Int64(certificate.notValidAfter) * 1_000)
    }

    func fault(at time: Timestamp) -> CertificateError? {
        if time > self.ends { return .outdated(path: self.path, reason: "has expired, at \(self.ends.iso8601)") }
        guard time < self.begins else { return nil }
        return .outdated(path: self.path, reason: "is not valid before \(self.begins.iso8601)")
    }

    /// The days until it ends; negative behind its end.
    func daysLeft(at time: Timestamp) -> Double {
        Double(self.ends.milliseconds - time.milliseconds) / 86_400_000
    }
}
