/// Whose data it is: no entry, flight, limit or session is ever shared by two tenants.
///
/// 1 to 63 bytes that match `^[a-z0-9][a-z0-9._-]{0,62}$`. Being ASCII, two tenants are equal exactly when their bytes are.
package struct TenantID: Hashable, Sendable, CustomStringConvertible {
    /// The tenant of every request that names none.
    package static let `default` = TenantID(unchecked: "default")

    package let description: String

    /// Checks the bytes of a tenant.
    ///
    /// - Returns: `nil` where the bytes are not a tenant's name.
    package init?(_ bytes: some Collection<UInt8>) {
        guard let name = Self.name(bytes) else { return nil }
        self.description = name
    }

    /// As for any other bytes, but without a call through the type's witnesses for each of them.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let name = Self.name(bytes) else { return nil }
        self.description = name
    }

    private static func name(_ bytes: some Collection<UInt8>) -> String? {
        guard (1...63).contains(bytes.count), let first = bytes.first, Self.isAlphanumeric(first) else { return nil }
        guard
            bytes.allSatisfy({
                Self.isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private init(unchecked name: String) {
        self.description = name
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
