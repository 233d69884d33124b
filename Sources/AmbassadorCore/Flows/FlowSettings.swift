/// What the operator has set for a flow.
///
/// Durations are not negative; `.zero` means never.
package struct FlowSettings: Sendable, Hashable {
    /// The LangFlow id or endpoint name that is run; `nil` means the flow's own name.
    package var target: FlowName?
    /// Other names that callers use for the flow, as long as LangFlow runs no other flow by them.
    package var aliases: Set<FlowName> = []
    /// How long an answer is fresh.
    package var ttl: Duration = .zero
    /// How much longer it is served while it is refreshed in the background.
    package var staleWhileRevalidate: Duration = .zero
    /// How much longer than `ttl` it may be served when LangFlow does not answer.
    package var staleIfError: Duration = .zero
    /// The answer's text when LangFlow does not answer and nothing stored may be served.
    package var fallback: String?
    package var session: SessionMode = .bypass
    package var sessionDefault: SessionDefault = .fresh
    package var firstTurns: FirstTurns = .cache
    package var normalize: Normalization = .exact
    /// What callers may tweak.
    package var tweaks: Set<TweakPattern> = []
    /// The LangFlow global variables that callers may set, in upper case.
    package var globalVariables: Set<String> = []
    package var allowsEmptyInput: Bool = false
    /// Whether all tenants share the entries of this flow.
    package var isShared: Bool = false
    /// Whether entries and audit records keep the text of the input.
    package var storesInputs: Bool = true
    /// Whether a stored stream answers plain requests too, and the other way round.
    package var reusesStreams: Bool = false
    /// The time between two records of a stored stream; zero gives it out at once.
    package var replayPace: Duration = .zero
    /// Whether a run whose caller left and whose answer would not be kept is cancelled; it is then fetched as a stream.
    package var cancelsAbandoned: Bool = false
    /// From the first attempt to connect until the last byte of LangFlow's answer.
    package var timeout: Duration = .seconds(30)
    package var price = Price()
    package var requestCacheControl: RequestCacheControl = .honor
    /// How often LangFlow is asked for the target's version; `.zero` means never.
    ///
    /// Listed flows alone are watched.
    package var watchVersion: Duration = .zero

    package init() {}

    /// Whether an answer can ever be of use a second time.
    package var isCacheable: Bool {
        self.ttl > .zero || self.staleWhileRevalidate > .zero || self.staleIfError > .zero
    }

    /// How long an entry can be of use, from when it was stored.
    package var entryLifetime: Duration {
        self.ttl + max(self.staleWhileRevalidate, self.staleIfError)
    }
}

/// What a request's `session_id` means for the cache.
package enum SessionMode: String, Sendable, CaseIterable {
    /// A request that carries one is not cached.
    case bypass
    /// The session is part of the key.
    case key
    /// The flow is stateless: the session is not part of the key.
    case ignore
}

/// What becomes of a request without a session, which may be the first turn of a conversation, where sessions count.
package enum FirstTurns: String, Sendable, CaseIterable {
    /// It is cached: LangFlow has not seen the first turn of a conversation that began with a hit.
    case cache
    /// It always reaches LangFlow.
    case bypass
}

/// What a caller's own `Cache-Control` means.
package enum RequestCacheControl: String, Sendable, CaseIterable {
    /// It is followed, by callers who may refresh also where it costs a call.
    case honor
    case ignore
}

/// The session of a request that carries none.
package enum SessionDefault: String, Sendable, CaseIterable {
    /// One of its own.
    case fresh
    /// One for all callers of the flow within a tenant, as LangFlow does it.
    case flow
}

/// How the input is brought into the form that is hashed; LangFlow always receives the caller's own text.
package enum Normalization: String, Sendable, CaseIterable {
    case exact
    /// NFKC, case fold, runs of white space to one space, trimmed, trailing `?!.。？！` dropped; but for what carries a meaning.
    case text

    /// How the form is named in the hash; the version of `text` is raised wherever what it makes of a text changes, so that what was
    /// stored under the earlier form is not found under this one.
    var formName: String {
        switch self {
        case .exact: "exact"
        case .text: "text-2"
        }
    }

    /// The same of the form before.
    var earlierFormName: String { self.rawValue }
}

/// What a call costs the operator, in billionths of a currency unit, so that sums are exact.
package struct Price: Sendable, Hashable {
    package var nanosPerCall: Int64 = 0
    package var nanosPerThousandInputTokens: Int64 = 0
    package var nanosPerThousandOutputTokens: Int64 = 0

    package init() {}

    /// The price of one call; what would be more than can be counted is the most that can.
    ///
    /// The tokens are what a flow says, or what stands in Redis: any number.
    package func nanos(for usage: Usage) -> Int64 {
        let input = Self.nanos(self.nanosPerThousandInputTokens, usage.inputTokens)
        let output = Self.nanos(self.nanosPerThousandOutputTokens, usage.outputTokens)
        return Self.sum(Self.sum(self.nanosPerCall, input), output)
    }

    private static func sum(_ first: Int64, _ second: Int64) -> Int64 {
        let (total, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : total
    }

    private static func nanos(_ nanosPerThousand: Int64, _ tokens: Int?) -> Int64 {
        guard nanosPerThousand > 0, let tokens, tokens > 0 else { return 0 }
        let product = nanosPerThousand.multipliedFullWidth(by: Int64(tokens))
        // Only then is the quotient one that can be counted.
        guard product.high < 500 else { return .max }
        return Int64(1000).dividingFullWidth(product).quotient
    }
}
