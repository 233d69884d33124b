/// What a call to LangFlow brought; shared by all who waited for it.
package struct Fetched: Sendable {
    /// 200, or LangFlow's own 4xx.
    let status: Int
    let answer: Answer
    let usage: Usage
    let wasStored: Bool
    /// How long LangFlow took.
    let microseconds: Int64
}

/// The flights of the pipeline: one call to LangFlow per key.
package typealias Flights = SingleFlight<Fetched, FetchFailure>
