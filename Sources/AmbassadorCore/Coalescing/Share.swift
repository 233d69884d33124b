/// A caller's part in an operation that several waited for.
package struct Share: Sendable, Hashable {
    /// Whether another caller, or a background refresh, had begun the operation.
    package let wasShared: Bool
    /// Whether the operation stands in this caller's record.
    ///
    /// It is that of the one that began it or, where that one has left, of the first of those who are still there: so sums over the
    /// records count each operation once.
    package let carriesCall: Bool

    /// The part of a caller whose operation has no other caller.
    package static let alone = Share(wasShared: false, carriesCall: true)

    package init(wasShared: Bool, carriesCall: Bool) {
        self.wasShared = wasShared
        self.carriesCall = carriesCall
    }
}
