/// Finds out who calls, however long it takes: waits for what has to be fetched, and has long work done apart from event loops.
package struct CredentialCheck: Sendable {
    /// Verdicts lead from one to the next at most so often: work, keys that are fetched, and work with these.
    private static let stepsMax = 4

    private let authenticator: any Authenticator
    private let work: CallerWork

    /// - Parameters:
    ///   - authenticator: who judges.
    ///   - work: checks strangers' credentials whose check takes long, in turn by address; it should do no other work.
    package init(_ authenticator: any Authenticator, work: CallerWork = CallerWork()) {
        self.authenticator = authenticator
        self.work = work
    }

    /// See ``Authenticator/epoch``.
    package var epoch: UInt64 { self.authenticator.epoch }

    /// The verdict that can be had at once.
    ///
    /// - Returns: `nil` where something has to be waited for: ask ``waitForCaller(showing:from:at:)`` then.
    package func caller(showing credential: Credential, at time: Timestamp) throws(CredentialRejection) -> Caller? {
        switch self.authenticator.authenticate(credential, at: time) {
        case .accepted(let caller): return caller
        case .rejected(let rejection): throw rejection
        case .pending, .laborious: return nil
        }
    }

    /// The verdict, once all that it takes is there.
    package func waitForCaller(
        showing credential: Credential,
        from address: String?,
        at time: Timestamp
    ) async throws(CredentialRejection) -> Caller {
        var verdict = self.authenticator.authenticate(credential, at: time)
        for _ in 0..<Self.stepsMax {
            switch verdict {
            case .accepted(let caller): return caller
            case .rejected(let rejection): throw rejection
            case .pending(let wait): verdict = await wait()
            case .laborious(let work): verdict = try await self.apart(work, for: address)
            }
        }
        // Keys that are replaced again and again in the middle of checks.
        throw CredentialRejection(.keysUnavailable)
    }

    private func apart(
        _ work: @escaping @Sendable () -> Authentication,
        for address: String?
    ) async throws(CredentialRejection) -> Authentication {
        let party = CallerWork.Party(tenant: .default, principal: "", address: address)
        do throws(CallerWork.NotDone) {
            return try await self.work.run(for: party, work)
        } catch {
            // Who was cancelled reads no answer.
            throw CredentialRejection(.overloaded)
        }
    }
}
