/// For how long a verdict on a credential may be repeated without asking again.
struct Standing {
    /// A verdict is repeated for so long at most, so that what nobody announces is noticed too.
    static let lifetimeMax = Duration.seconds(1)

    private let epoch: UInt64
    private let since: Timestamp
    private let until: Timestamp

    init(of caller: Caller, epoch: UInt64, at time: Timestamp) {
        self.epoch = epoch
        self.since = time
        let limit = time.advanced(by: Self.lifetimeMax)
        self.until = min(limit, caller.expiresAt ?? limit)
    }

    /// Neither ended, nor from before something changed, nor from before the wall clock was set back.
    func holds(at time: Timestamp, epoch: UInt64) -> Bool {
        epoch == self.epoch && self.since <= time && time < self.until
    }
}
