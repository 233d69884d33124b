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
    case rejected(CredentialRejection)
    /// Something has to be fetched first, such as an issuer's keys; bounded in time, and what comes of it is `pending` no more.
    case pending(@Sendable () async -> Authentication)
    /// To find out takes more work than event loops should do now: it is to be done apart from them.
    case laborious(@Sendable () -> Authentication)

    /// Not accepted for a reason that concerns no issuer.
    package static func rejected(_ fault: CredentialFault) -> Authentication { .rejected(CredentialRejection(fault)) }
}
