import AmbassadorTesting
import Testing

@testable import AmbassadorCore

/// One line of the table of the cache: settings, what happens one after the other, and what each request then is.
struct CacheCase: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        /// A request with this `Cache-Control`.
        case ask(String = "")
        /// The same, after so many seconds.
        case later(Int, String = "")
        /// LangFlow answers, cannot be reached, or answers with a status.
        case up, down
        case fails(Int)
        /// LangFlow forbids its answers to be kept, or says for how many seconds they may be.
        case answersLive(Int)
    }

    let name: String
    var ttl = 0
    var whileRevalidate = 0
    var ifError = 0
    var change: @Sendable (inout FlowSettings) -> Void
    let steps: [Step]
    /// The outcome of each request; `fallback` where that is what was served.
    let expected: [String]
    /// How often LangFlow is called.
    let calls: Int

    var testDescription: String { self.name }

    init(
        _ name: String,
        ttl: Int = 0,
        whileRevalidate: Int = 0,
        ifError: Int = 0,
        _ steps: [Step],
        _ expected: [String],
        calls: Int,
        change: @escaping @Sendable (inout FlowSettings) -> Void = { _ in }
    ) {
        self.name = name
        self.ttl = ttl
        self.whileRevalidate = whileRevalidate
        self.ifError = ifError
        self.steps = steps
        self.expected = expected
        self.calls = calls
        self.change = change
    }

    /// Does all that happens, on an ambassador of its own.
    func play(as authenticator: any Authenticator = AnybodyAuthenticator()) async -> Harness {
        let settings = FlowSettings.cached(
            ttl: .seconds(self.ttl),
            staleWhileRevalidate: .seconds(self.whileRevalidate),
            staleIfError: .seconds(self.ifError),
            change: self.change
        )
        let harness = Harness(flows: ["faq": settings], authenticator: authenticator)
        for step in self.steps {
            switch step {
            case .ask(let directives):
                _ = await harness.ask("q", cacheControl: directives)
            case .later(let seconds, let directives):
                harness.clock.advance(by: .seconds(seconds))
                _ = await harness.ask("q", cacheControl: directives)
            case .up: harness.upstream.follow(ScriptedUpstream.echo)
            case .down: harness.upstream.follow(ScriptedUpstream.failing(.unreachable(UpstreamCause(.refused))))
            case .fails(let status): harness.upstream.follow(ScriptedUpstream.status(status, #"{"detail":"x"}"#))
            case .answersLive(let seconds):
                harness.upstream.follow { call, number throws(UpstreamError) in
                    let answer = try await ScriptedUpstream.echo(call, number)
                    return UpstreamAnswer(
                        status: answer.status,
                        contentType: answer.contentType,
                        body: answer.body,
                        freshness: AnswerFreshness(lifetimeMax: .seconds(seconds))
                    )
                }
            }
            // What a request has begun in the background ends before the next one comes.
            _ = await harness.ambassador.parts.flights.drain()
        }
        return harness
    }

    static func outcomes(_ harness: Harness) -> [String] {
        harness.audit.records.filter { $0.outcome != .refresh }.map {
            $0.detail == .fallback ? "fallback" : $0.outcome.rawValue
        }
    }
}
