package import AmbassadorCore

/// Knows callers by the texts of their keys and tokens; whoever is not in its list is unknown.
package struct ScriptedAuthenticator: Authenticator {
    private let callers: [String: Caller]
    private let slowOnes: Set<String>
    private let faults: [String: CredentialFault]

    /// Makes one that lets `slowOnes` be waited for, whether they are known or not.
    package init(_ callers: [String: Caller], slowOnes: Set<String> = [], faults: [String: CredentialFault] = [:]) {
        self.callers = callers
        self.faults = faults
        self.slowOnes = slowOnes
    }

    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        switch credential {
        case .none: return .rejected(.missing)
        case .unusable: return .rejected(.malformed)
        case .apiKey(let secret), .bearer(let secret):
            let result = self.result(of: secret.revealed)
            if self.slowOnes.contains(secret.revealed) { return .pending { result } }
            switch result {
            case .success(let caller): return .accepted(caller)
            case .failure(let fault): return .rejected(fault)
            }
        }
    }

    private func result(of text: String) -> Result<Caller, CredentialFault> {
        self.callers[text].map { .success($0) } ?? .failure(self.faults[text] ?? .unknown)
    }
}
