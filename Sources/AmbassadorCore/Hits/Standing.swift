/// For how long a verdict on a caller's credential may be repeated without asking again.
///
/// One for all that is remembered of requests with one head: asked again for one of them, it holds for the others too.
final class Standing {
    /// A verdict is repeated for so long at most, so that what nobody announces is noticed too.
    static let lifetimeMax = Duration.seconds(1)

    private let caller: Caller
    private var epoch: UInt64
    private var since: Timestamp
    private var until: Timestamp

    init(of caller: Caller, epoch: UInt64, at time: Timestamp) {
        self.caller = caller
        self.epoch = epoch
        self.since = time
        self.until = Self.end(of: caller, from: time)
    }

    /// Neither ended, nor from before something changed, nor from before the wall clock was set back.
    func holds(at time: Timestamp, epoch: UInt64) -> Bool {
        epoch == self.epoch && self.since <= time && time < self.until
    }

    /// Takes a new verdict.
    ///
    /// - Returns: `false` where it makes the caller another one, of whom nothing may be repeated.
    func renew(of caller: Caller, epoch: UInt64, at time: Timestamp) -> Bool {
        guard caller === self.caller || caller.isAllowedTheSame(as: self.caller) else { return false }
        (self.epoch, self.since, self.until) = (epoch, time, Self.end(of: caller, from: time))
        return true
    }

    private static func end(of caller: Caller, from time: Timestamp) -> Timestamp {
        let limit = time.advanced(by: Self.lifetimeMax)
        return min(limit, caller.expiresAt ?? limit)
    }
}

extension Caller {
    /// Printable ASCII, so that equal strings have equal bytes.
    fileprivate func isAllowedTheSame(as other: Caller) -> Bool {
        self.principal == other.principal && self.tenant == other.tenant && self.permissions == other.permissions
    }
}
