/// Who calls, as found from a credential: whose data it is, and what is allowed.
package final class Caller: Sendable {
    /// A name for records and limits; unique within its tenant.
    ///
    /// Printable ASCII of 1 to 256 bytes.
    package let principal: String
    /// The tenant that the credential belongs to; `nil` where it names none.
    package let tenant: TenantID?
    package let permissions: Permissions
    /// When the credential ends; `nil` means never.
    package let expiresAt: Timestamp?

    package init(principal: String, tenant: TenantID?, permissions: Permissions, expiresAt: Timestamp? = nil) {
        self.principal = principal
        self.tenant = tenant
        self.permissions = permissions
        self.expiresAt = expiresAt
    }
}
