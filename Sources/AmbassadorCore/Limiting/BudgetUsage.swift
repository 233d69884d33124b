/// What calls to LangFlow have used up.
///
/// Never negative; sums stop at the largest number there is.
package struct BudgetUsage: Sendable, Equatable {
    package private(set) var requests: Int64
    package private(set) var tokens: Int64
    package private(set) var costNanos: Int64

    /// A negative number counts as zero.
    package init(requests: Int64 = 0, tokens: Int64 = 0, costNanos: Int64 = 0) {
        self.requests = max(0, requests)
        self.tokens = max(0, tokens)
        self.costNanos = max(0, costNanos)
    }

    /// What a call used beside its request, which it took before.
    package init(spent usage: Usage, costNanos: Int64) {
        let call = BudgetUsage(ofCall: usage, costNanos: costNanos)
        self.init(tokens: call.tokens, costNanos: call.costNanos)
    }

    mutating func giveBackRequest() {
        self.requests = max(0, self.requests - 1)
    }

    /// What one call used: whatever LangFlow does not report counts as zero.
    package init(ofCall usage: Usage, costNanos: Int64) {
        let parts =
            BudgetUsage(tokens: Int64(clamping: usage.inputTokens ?? 0))
            + BudgetUsage(tokens: Int64(clamping: usage.outputTokens ?? 0))
        self.init(requests: 1, tokens: parts.tokens, costNanos: costNanos)
    }

    package static func + (left: BudgetUsage, right: BudgetUsage) -> BudgetUsage {
        BudgetUsage(
            requests: Self.sum(left.requests, right.requests),
            tokens: Self.sum(left.tokens, right.tokens),
            costNanos: Self.sum(left.costNanos, right.costNanos)
        )
    }

    /// The larger one of each number: of two counts of the same calls the more complete one.
    package static func larger(_ left: BudgetUsage, _ right: BudgetUsage) -> BudgetUsage {
        BudgetUsage(
            requests: max(left.requests, right.requests),
            tokens: max(left.tokens, right.tokens),
            costNanos: max(left.costNanos, right.costNanos)
        )
    }

    package static func += (left: inout BudgetUsage, right: BudgetUsage) {
        left = left + right
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
