/// When a circuit breaker opens, for how long, and what closes it.
package struct CircuitBreakerSettings: Sendable, Hashable {
    /// How far back calls count.
    ///
    /// At least twice the upstream's timeout: in a shorter window slow failures are never seen together.
    package var window: Duration = .seconds(60)
    /// How many calls the window must hold before a rate opens the breaker.
    package var minimumCalls: Int = 5
    /// The share of failed calls in the window that opens it, over 0 up to 1.
    package var failureRate: Double = 0.5
    /// From when on a call counts as slow; `nil` means none does.
    package var slowCallDuration: Duration?
    /// The share of slow calls in the window that opens it, over 0 up to 1.
    package var slowCallRate: Double = 1
    /// How many failures in a row open it, whatever the window holds: a dead upstream is seen at once.
    package var consecutiveFailures: Int = 5
    /// How long it stays open the first time; each probe that fails doubles it.
    package var openTime: Duration = .seconds(5)
    /// What the doubling ends at.
    package var openTimeMax: Duration = .seconds(60)
    /// How many calls are let through to find out, and must succeed, before it closes.
    package var halfOpenProbes: Int = 1
    /// When a probe that was not reported is taken for lost, so that another may go.
    ///
    /// Not under the upstream's timeout.
    package var probeTimeout: Duration = .seconds(60)

    package init() {}
}
