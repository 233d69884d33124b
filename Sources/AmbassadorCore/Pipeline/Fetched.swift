/// What a call to LangFlow brought; shared by all who waited for it.
package struct Fetched: Sendable {
    /// 200, or LangFlow's own 4xx.
    let status: Int
    let answer: Answer
    let usage: Usage
    /// How old the answer was when it came, in seconds; `nil` where it was made for the call.
    var ageSeconds: Int?
    /// As ``AnswerFreshness/degradation``.
    var degradation: Response.Degradation?
    /// As ``UpstreamAnswer/retryAfterSeconds``.
    var retryAfterSeconds: Int?
    let wasStored: Bool
    /// How long LangFlow took.
    let microseconds: Int64
}

/// The flights of the pipeline: one call to LangFlow per key.
package typealias Flights = SingleFlight<Fetched, FetchFailure>
