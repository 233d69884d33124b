import AmbassadorCore

/// What the operator has set for a limit.
struct RateLimitSettings: Sendable, Equatable {
    /// There is no limit without one.
    var rate: Rate?
    /// What has a bucket of its own; nothing means one bucket for all.
    var by: [LimitDimension] = [.tenant]
    /// `nil` means as many as the rate's.
    var burst: Int?
    /// Nothing means all.
    var flows: [FlowPattern] = []
    /// Whether only what reaches LangFlow counts.
    var isUpstreamOnly = false
    /// Whether replicas have their buckets in common.
    var isShared = false
}

extension RateLimit {
    /// Checks the settings together.
    init(_ settings: RateLimitSettings, name: OperatorsName) throws(InvalidValue) {
        guard let rate = settings.rate else { throw InvalidValue("has no rate; \(RateText.hint)") }
        try self.init(
            name: name.description,
            by: Set(settings.by),
            rate: rate,
            burst: settings.burst,
            flows: settings.flows,
            stage: settings.isUpstreamOnly ? .upstreamCall : .request,
            isShared: settings.isShared
        )
    }
}
