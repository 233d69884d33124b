/// Finds out who calls.
package protocol Authenticator: Sendable {
    /// Checks a credential.
    ///
    /// Synchronous and short, so that it may be called on an event loop.
    func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication

    /// Grows whenever a credential that was accepted may no longer be, for another reason than that its time is over.
    var epoch: UInt64 { get }
}

extension Authenticator {
    /// Of those who never change their minds.
    package var epoch: UInt64 { 0 }
}

/// The verdict on a credential.
package enum Authentication: Sendable {
    case accepted(Caller)
    case rejected(CredentialFault)
    /// Something has to be fetched first, such as an issuer's keys; bounded in time.
    case pending(@Sendable () async -> Result<Caller, CredentialFault>)
}

/// Why a credential was not accepted: for metrics and operators.
///
/// Callers are told none of it, so that nobody learns by trying.
package enum CredentialFault: String, Error, Sendable, CaseIterable {
    /// There is none, where one is needed.
    case missing
    /// It is not a credential of any kind that is accepted here.
    case malformed
    /// Nobody has it, or its signature is not its issuer's.
    case unknown
    case expired
    case notYetValid = "not_yet_valid"
    /// It is meant for somebody else: another audience or issuer.
    case misdirected
    /// It says something that cannot be, such as a tenant that is no tenant's name.
    case unacceptable
    /// The keys to check it with cannot be had at the moment.
    case keysUnavailable = "keys_unavailable"
}
