import AmbassadorCore

extension SettingsTable {
    /// Every block whose names the operator chooses, in the order in which they are documented.
    static let maps: [SettingsMap] = [
        SettingsMap(
            "auth.issuers",
            \.auth.issuers,
            SettingsTable.issuer,
            name: { text throws(InvalidValue) in try OperatorsName(text) },
            initial: { _ in IssuerSettings() }
        ),
        SettingsMap(
            "rate_limits",
            \.rateLimits,
            SettingsTable.rateLimit,
            name: { text throws(InvalidValue) in try OperatorsName(text) },
            initial: { _ in RateLimitSettings() }
        ),
        SettingsMap(
            "budgets",
            placeholder: "TENANT",
            \.budgets,
            SettingsTable.budget,
            name: { text throws(InvalidValue) in try BudgetScope(text) },
            initial: { _ in BudgetSettings() }
        ),
        SettingsMap(
            "flows",
            \.flows,
            SettingsTable.flow,
            name: { text throws(InvalidValue) in
                guard let name = FlowName(text) else {
                    throw InvalidValue(
                        "is not a flow's name: 1 to 128 of A-Z a-z 0-9 _ -, UUIDs in lower case with hyphens"
                    )
                }
                return name
            },
            initial: { $0.defaults }
        ),
    ]
}
