import NIOCore

/// The gate of the pipeline: who calls, for which tenant, and whether they may.
package struct AccessControl: Sendable {
    private let check: CredentialCheck
    private let tenants: TenantPolicy
    /// How often an address may show a credential that is not accepted; `nil` means any number of times.
    private let failures: RateLimiter?
    private let rejected: [CredentialFault: Counter]

    package init(
        authenticator: any Authenticator,
        tenants: TenantPolicy,
        failures: RateLimiter?,
        metrics registry: MetricRegistry
    ) {
        self.check = CredentialCheck(authenticator)
        self.tenants = tenants
        self.failures = failures
        self.rejected = Dictionary(
            uniqueKeysWithValues: CredentialFault.allCases.map {
                ($0, registry.counter(.credentialsRejected, ("fault", $0.rawValue)))
            }
        )
    }

    /// Grows whenever a caller that was accepted may no longer be; see ``Authenticator/epoch``.
    var epoch: UInt64 { self.check.epoch }

    /// Who sent a request.
    ///
    /// - Returns: `nil` where something has to be waited for: ask ``waitForCaller(of:at:now:)`` then.
    func caller(of request: Request, at time: Timestamp, now: NIODeadline) throws(Refusal) -> Caller? {
        try self.caller(showing: request.head.credential, from: request.clientAddress, at: time, now: now)
    }

    /// The same of a request whose body is still to come.
    func caller(
        showing credential: Credential,
        from clientAddress: String?,
        at time: Timestamp,
        now: NIODeadline
    ) throws(Refusal) -> Caller? {
        do throws(CredentialRejection) {
            return try self.check.caller(showing: credential, at: time)
        } catch {
            throw self.refusal(for: error, clientAddress, now)
        }
    }

    /// Who sent a request, once all that it takes to check its credential is here.
    func waitForCaller(of request: Request, at time: Timestamp, now: NIODeadline) async throws(Refusal) -> Caller {
        try await self.waitForCaller(showing: request.head.credential, from: request.clientAddress, at: time, now: now)
    }

    /// The same by what was shown.
    func waitForCaller(
        showing credential: Credential,
        from clientAddress: String?,
        at time: Timestamp,
        now: NIODeadline
    ) async throws(Refusal) -> Caller {
        do throws(CredentialRejection) {
            return try await self.check.waitForCaller(showing: credential, from: clientAddress, at: time)
        } catch {
            throw self.refusal(for: error, clientAddress, now)
        }
    }

    /// The tenant whose data a caller may see: the one of its credential, which a header may repeat but not contradict.
    ///
    /// Where the credential names none it is the header's, if headers are believed, else the default.
    func tenant(of caller: Caller, _ head: CallHead) throws(Refusal) -> TenantID {
        guard let tenant = caller.tenant else { return try self.tenants.tenant(of: head) }
        guard let header = head.tenantHeader else { return tenant }
        guard let named = TenantID(header.utf8) else { throw TenantPolicy.notATenant }
        guard named == tenant else {
            throw Refusal(
                .forbidden,
                "X-Tenant-ID names another tenant than the credential does. Leave the header out."
            )
        }
        return tenant
    }

    /// Checks that a caller may do with a flow what a request asks for, before anything is looked up for it.
    func authorize(_ input: RunInput, of flow: FlowName, by caller: Caller) throws(Refusal) {
        try self.authorizeRun(of: flow, by: caller)
        if input.tweaks != nil { try Self.check(.tweak, flow, caller) }
        if input.wantsStream { try Self.check(.stream, flow, caller) }
    }

    /// The part of it that needs nothing of the body.
    func authorizeRun(of flow: FlowName, by caller: Caller) throws(Refusal) { try Self.check(.run, flow, caller) }

    private static func check(_ action: Action, _ flow: FlowName, _ caller: Caller) throws(Refusal) {
        guard !caller.permissions.allows(action, on: flow) else { return }
        throw Refusal(.forbidden, "The credential does not allow to \(action.rawValue) this flow.")
    }

    /// The one answer to all that is not accepted, so that nobody learns by trying; after too many of an address, that it must wait.
    private func refusal(
        for rejection: CredentialRejection,
        _ clientAddress: String?,
        _ now: NIODeadline
    ) -> Refusal {
        self.rejected[rejection.fault]?.increment()
        let cause = ErrorDetail.credential(rejection.fault, issuer: rejection.issuer)
        switch rejection.fault {
        case .keysUnavailable:
            return Refusal(
                .identityUnavailable,
                "Service temporarily unavailable",
                detail: "The keys to check the credential with cannot be had at the moment. Try again later.",
                retryAfterSeconds: 5,
                cause: cause
            )
        case .overloaded:
            return Refusal(.overloaded, "Service temporarily unavailable", retryAfterSeconds: 1, cause: cause)
        default:
            break
        }
        let subject = LimitSubject(tenant: .default, principal: nil, flow: nil, address: clientAddress)
        if case .limited(_, let seconds) = self.failures?.admit(subject, .request, at: now) {
            return Refusal(
                .rateLimited,
                "Too many requests without a valid credential came from this address. Try again later.",
                retryAfterSeconds: seconds,
                cause: cause
            )
        }
        return Refusal(
            .unauthenticated,
            "A valid credential is needed: an API key in X-API-Key, or an API key or a JWT in Authorization: Bearer.",
            cause: cause
        )
    }
}
