/// The limits' verdict on a request.
package enum Admission: Sendable {
    /// The request may go on; where it stands with the tightest limit that applies to it, `nil` where none does.
    case admitted(LimitState?)
    /// The request is refused.
    ///
    /// `retryAfterSeconds` is at least one: before that every limit that refuses it now would refuse it again.
    case limited(LimitState, retryAfterSeconds: Int)
    /// The tokens that this replica had of a shared limit are spent: the closure asks Redis for more and then decides,
    /// once, within Redis' deadline; never `pending` itself.
    case pending(@Sendable () async -> Admission)
}
