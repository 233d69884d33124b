import AmbassadorCore
import AmbassadorIdentity

/// A key file beside a store, and the keys that were put into it.
struct TestKeyFile {
    let path: String

    init(besideStore store: String) {
        self.path = store + ".keys.json"
    }

    /// Makes a key with grants such as `run:faq`, whose time may be over, and puts it into the file.
    func add(_ name: String, tenant: TenantID?, _ grants: String..., hasExpired: Bool = false) throws -> String {
        let now = Clocks.system.wall()
        let permissions = Permissions(try grants.map { try Permissions.Grant($0) })
        return try APIKeyFile(self.path).update { list throws(APIKeyFileError) in
            var generator = SystemRandomNumberGenerator()
            return try list.add(
                name: name,
                tenant: tenant,
                permissions: permissions,
                expiresAt: hasExpired ? now.advanced(by: .seconds(-60)) : nil,
                at: hasExpired ? now.advanced(by: .seconds(-120)) : now,
                using: &generator
            )
        }.secret.revealed
    }

    /// Revokes a key that was made here.
    func revoke(_ key: String) throws {
        let parts = key.split(separator: "_")
        guard parts.count == 3, let id = APIKeyID(String(parts[1])) else { preconditionFailure("\(key) is no key") }
        _ = try APIKeyFile(self.path).update { list throws(APIKeyFileError) in
            try list.revoke(id, at: Clocks.system.wall())
        }
    }
}

extension TenantID {
    /// A tenant for a test, whose name is in order.
    static func named(_ name: String) -> TenantID {
        guard let tenant = TenantID(name.utf8) else { preconditionFailure("\(name) is no tenant") }
        return tenant
    }
}
