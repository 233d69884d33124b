/// As of when a call of LangFlow is asked for: the purges and the change of its flow that came before.
///
/// What was asked for before a purge that covers it, or before its flow was changed, is no answer to a request that came after.
package struct CallGeneration: Sendable, Hashable {
    /// How many purges there had been; see ``PurgeLedger``.
    package let purges: UInt64
    /// When the flow had become outdated last; `nil` where no change of it was seen.
    package let outdatedAt: Timestamp?

    package init(purges: UInt64 = 0, outdatedAt: Timestamp? = nil) {
        self.purges = purges
        self.outdatedAt = outdatedAt
    }

    /// Whether it has seen every change of the flow that another has.
    func isOfSameFlow(as other: CallGeneration) -> Bool {
        guard let theirs = other.outdatedAt else { return true }
        return self.outdatedAt.map { $0 >= theirs } ?? false
    }
}
