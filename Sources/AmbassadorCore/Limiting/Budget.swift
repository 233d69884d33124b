/// What a tenant may use up in a day; `nil` means no bound.
package struct Budget: Sendable, Equatable {
    /// Requests that needed a call to LangFlow.
    package let requestsPerDay: Int64?
    /// Input and output tokens together, as far as LangFlow reports them.
    package let tokensPerDay: Int64?
    /// In billionths of the currency unit of `price`.
    package let costNanosPerDay: Int64?

    /// - Throws: where a bound is negative; zero allows no call at all.
    package init(
        requestsPerDay: Int64? = nil,
        tokensPerDay: Int64? = nil,
        costNanosPerDay: Int64? = nil
    ) throws(InvalidValue) {
        let bounds = [requestsPerDay, tokensPerDay, costNanosPerDay]
        guard bounds.allSatisfy({ $0 ?? 0 >= 0 }) else { throw InvalidValue("is a negative budget") }
        self.requestsPerDay = requestsPerDay
        self.tokensPerDay = tokensPerDay
        self.costNanosPerDay = costNanosPerDay
    }

    /// The first of the bounds that the usage has reached.
    func exhausted(by usage: BudgetUsage) -> BudgetKind? {
        if let bound = self.requestsPerDay, usage.requests >= bound { return .requests }
        if let bound = self.tokensPerDay, usage.tokens >= bound { return .tokens }
        if let bound = self.costNanosPerDay, usage.costNanos >= bound { return .cost }
        return nil
    }
}

/// What a budget bounds.
package enum BudgetKind: String, Sendable, CaseIterable {
    case requests
    case tokens
    case cost
}
