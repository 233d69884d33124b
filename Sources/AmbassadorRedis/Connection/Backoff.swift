import NIOCore

/// How long to wait before the next attempt: exponential with full jitter, so that many processes do not return together.
struct Backoff: Sendable {
    private let base: TimeAmount
    private let delayMax: TimeAmount
    private var attempts = 0

    init(base: TimeAmount, delayMax: TimeAmount) {
        self.base = base
        self.delayMax = delayMax
    }

    /// The next delay, from a tenth of `base` up.
    ///
    /// `random` is from 0 up to but without 1.
    mutating func next(random: Double) -> TimeAmount {
        let ceiling = min(self.base.nanoseconds << min(self.attempts, 20), self.delayMax.nanoseconds)
        self.attempts += 1
        return .nanoseconds(max(Int64(Double(ceiling) * random), self.base.nanoseconds / 10))
    }

    mutating func reset() {
        self.attempts = 0
    }
}
