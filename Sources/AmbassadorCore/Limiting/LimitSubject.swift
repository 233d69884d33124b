/// Whose request is to be admitted.
package struct LimitSubject: Sendable {
    package let tenant: TenantID
    /// The caller's name, unique within the tenant; `nil` where nobody was identified: all such requests count as one
    /// caller.
    package let principal: String?
    /// The flow that LangFlow would run; `nil` where the request names none.
    ///
    /// A flow that is known: buckets for names that callers make up would fill the table.
    package let flow: FlowName?
    /// The client's address as text, without port; where it is `nil` or no IP address, all such requests count as one
    /// address.
    package let address: String?

    package init(tenant: TenantID, principal: String?, flow: FlowName?, address: String?) {
        self.tenant = tenant
        self.principal = principal
        self.flow = flow
        self.address = address
    }
}
