package import AmbassadorCore
package import Logging
import NIOCore

/// Authenticates each request to the admin plane before it is routed; a request without a valid credential ends here.
package struct AdminGate: Sendable {
    private let check: CredentialCheck
    private let failures: RateLimiter?
    let clocks: Clocks
    private let logger: Logger

    /// - Parameters:
    ///   - authenticator: where it lets everybody in, the plane listens on this host alone.
    ///   - failures: how often an address may show a credential that is not accepted; one that is accepted always passes. `nil` means any
    ///     number of times.
    ///   - clocks: by which credentials end.
    ///   - logger: where an operator is told what was wrong.
    package init(authenticator: any Authenticator, failures: RateLimiter?, clocks: Clocks, logger: Logger) {
        self.check = CredentialCheck(authenticator)
        self.failures = failures
        self.clocks = clocks
        self.logger = logger
    }

    /// - Returns: `nil` where something has to be waited for: ask ``awaitedCaller(of:)`` then.
    func caller(of head: PlainHead) throws(Refusal) -> Caller? {
        do throws(CredentialRejection) {
            return try self.check.caller(showing: head.credential, at: self.clocks.wall())
        } catch {
            throw self.refusal(for: error, from: head.clientAddress)
        }
    }

    func awaitedCaller(of head: PlainHead) async throws(Refusal) -> Caller {
        let address = head.clientAddress
        do throws(CredentialRejection) {
            return try await self.check.waitForCaller(showing: head.credential, from: address, at: self.clocks.wall())
        } catch {
            throw self.refusal(for: error, from: address)
        }
    }

    /// Tells the operator what is wrong and the caller nothing that would help to guess; after too many of an address, that it must wait.
    private func refusal(for rejection: CredentialRejection, from address: String?) -> Refusal {
        guard rejection.fault.isCallers else {
            self.note(rejection, from: address)
            return Refusal(
                rejection.fault == .overloaded ? .overloaded : .identityUnavailable,
                "Credentials cannot be checked at the moment. Try again later.",
                retryAfterSeconds: 1
            )
        }
        let subject = LimitSubject(tenant: .default, principal: nil, flow: nil, address: address)
        if case .limited(_, let seconds) = self.failures?.admit(subject, .request, at: self.clocks.now()) {
            // Not logged: failed credentials must not fill the log.
            return Refusal(
                .rateLimited,
                "Too many requests without a valid credential came from this address. Try again later.",
                retryAfterSeconds: seconds
            )
        }
        self.note(rejection, from: address)
        return Refusal(
            .unauthenticated,
            "Show one valid credential: X-API-Key, or Authorization with Bearer."
        )
    }

    private func note(_ rejection: CredentialRejection, from address: String?) {
        self.logger.notice(
            "a request to the admin plane was refused",
            metadata: [
                "credential.fault": "\(rejection.fault.rawValue)", "credential.issuer": "\(rejection.issuer ?? "")",
                "client.address": "\(address ?? "unix")",
            ]
        )
    }
}
