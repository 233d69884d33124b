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
        case .unusable, .both: return .rejected(.malformed)
        case .apiKey(let secret), .bearer(let secret):
            let verdict = self.verdict(on: secret.revealed)
            return self.slowOnes.contains(secret.revealed) ? .pending { verdict } : verdict
        }
    }

    private func verdict(on text: String) -> Authentication {
        self.callers[text].map { .accepted($0) } ?? .rejected(self.faults[text] ?? .unknownKey)
    }
}
