/// A credential that was not accepted: why, and whose token it claims to be.
package struct CredentialRejection: Error, Sendable, Hashable {
    package let fault: CredentialFault
    /// The issuer's name in the configuration; `nil` where none of these is named.
    package let issuer: String?

    package init(_ fault: CredentialFault, issuer: String? = nil) {
        self.fault = fault
        self.issuer = issuer
    }
}
