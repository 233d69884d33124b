import AmbassadorCore

/// Whose budget it is: a tenant's, or, as `*`, that of each tenant without one of its own.
struct BudgetScope: Hashable, Sendable, CustomStringConvertible {
    /// `nil` stands for all others.
    let tenant: TenantID?

    init(_ text: String) throws(InvalidValue) {
        guard let tenant = TenantID(text.utf8) else {
            guard text.utf8.elementsEqual("*".utf8) else {
                throw InvalidValue(
                    "is not a tenant: 1 to 63 of a-z 0-9 . _ -, or \"*\" for all without a budget of their own"
                )
            }
            self.tenant = nil
            return
        }
        self.tenant = tenant
    }

    var description: String { self.tenant?.description ?? "*" }
}
