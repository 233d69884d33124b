package import AmbassadorCore
import Synchronization

/// Finds out who calls from an API key.
///
/// A look-up in a dictionary and one SHA-256; nothing waits. The keys in force are replaced as a whole.
package final class APIKeyAuthenticator: Authenticator {
    private let keys: Mutex<APIKeySnapshot>
    private let replacements = Atomic<UInt64>(0)

    package init(_ keys: APIKeyList) {
        self.keys = Mutex(APIKeySnapshot(keys))
    }

    /// Puts other keys in force, for every request from now on.
    package func replace(with keys: APIKeyList) {
        let snapshot = APIKeySnapshot(keys)
        self.keys.withLock { $0 = snapshot }
        self.replacements.add(1, ordering: .releasing)
    }

    /// How often the keys were replaced.
    package var epoch: UInt64 { self.replacements.load(ordering: .acquiring) }

    /// How many keys there are, the revoked and expired ones too.
    package var count: Int {
        self.keys.withLock { $0 }.count
    }

    /// Judges `X-API-Key` and bearers alike.
    ///
    /// A key ends at its expiry, to the millisecond. Callers are told the same of one that is revoked as of one that never was.
    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        switch credential {
        case .none: .rejected(.missing)
        case .unusable, .both: .rejected(.malformed)
        case .apiKey(let secret), .bearer(let secret): self.authenticate(secret, at: time)
        }
    }

    private func authenticate(_ secret: Secret, at time: Timestamp) -> Authentication {
        guard let key = APIKey(secret) else { return .rejected(.notAKey) }
        let snapshot = self.keys.withLock { $0 }
        let entry = snapshot.entry(key.id)
        // An unknown id costs the same comparison as a known one, so that the time tells nobody which ids there are.
        let isRight = key.digest.matches(entry?.digest ?? .nobodys)
        guard isRight, let entry else { return .rejected(.unknownKey) }
        guard !entry.isRevoked else { return .rejected(.revoked) }
        if let expiresAt = entry.caller.expiresAt, expiresAt <= time { return .rejected(.expired) }
        return .accepted(entry.caller)
    }
}
