import AmbassadorCore

/// What the operator lets a tenant use up in a day; `nil` means any amount.
struct BudgetSettings: Sendable, Equatable {
    var requestsPerDay: Int?
    var tokensPerDay: Int?
    /// In billionths of the currency unit of `price`.
    var costNanosPerDay: Int64?
}

extension Budget {
    init(_ settings: BudgetSettings) throws(InvalidValue) {
        guard settings != BudgetSettings() else {
            throw InvalidValue("has none of requests_per_day, tokens_per_day and cost_per_day")
        }
        try self.init(
            requestsPerDay: settings.requestsPerDay.map(Int64.init),
            tokensPerDay: settings.tokensPerDay.map(Int64.init),
            costNanosPerDay: settings.costNanosPerDay
        )
    }
}
