import AmbassadorCore
import AmbassadorIdentity
import AmbassadorTesting
import Testing

/// API keys for the tests of the admin plane.
struct AdminKeys {
    /// The mock clock's first moment.
    static let now = MockClock().wall

    private(set) var list = APIKeyList()
    private var generator: SeededGenerator

    init(seed: UInt64 = 1) {
        self.generator = SeededGenerator(seed: seed)
    }

    var authenticator: CombinedAuthenticator {
        CombinedAuthenticator(keys: APIKeyAuthenticator(self.list), tokens: nil)
    }

    /// Makes a key that ends at the clock's moment, where it shall have expired.
    mutating func make(
        _ name: String,
        tenant: String? = nil,
        _ actions: [Action],
        isExpired: Bool = false,
        isRevoked: Bool = false
    ) throws -> String {
        let made = Timestamp(milliseconds: Self.now.milliseconds - 1)
        let key = try self.list.add(
            name: name,
            tenant: try tenant.map { try #require(TenantID($0.utf8)) },
            permissions: Permissions(actions.map { Permissions.Grant($0) }),
            expiresAt: isExpired ? Self.now : nil,
            at: made,
            using: &self.generator
        )
        if isRevoked { _ = try self.list.revoke(key.id, at: made) }
        return key.secret.revealed
    }
}
