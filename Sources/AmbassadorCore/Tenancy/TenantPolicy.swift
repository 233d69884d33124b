/// How the tenant of a caller is found whose credential names none.
package struct TenantPolicy: Sendable {
    /// Whether `X-Tenant-ID` is believed.
    ///
    /// Off, all such requests are the default tenant's, whatever the header says.
    package let trustsHeader: Bool

    package init(trustsHeader: Bool) {
        self.trustsHeader = trustsHeader
    }

    /// The tenant whose data a request may see.
    ///
    /// - Throws: a refusal where the header is believed and is not a tenant's name.
    func tenant(of head: CallHead) throws(Refusal) -> TenantID {
        guard self.trustsHeader, let header = head.tenantHeader else { return .default }
        guard let tenant = TenantID(header.utf8) else { throw Self.notATenant }
        return tenant
    }

    static var notATenant: Refusal {
        Refusal(
            .invalidField,
            "X-Tenant-ID is not a tenant: 1 to 63 of a-z, 0-9, '.', '_' and '-', the first a letter or digit."
        )
    }
}
