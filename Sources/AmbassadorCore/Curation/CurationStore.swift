/// Where marks outlive the process, and where changes to them have their one order.
package protocol CurationStore: Sendable {
    /// All marks.
    ///
    /// - Returns: `nil` where they cannot be read.
    func marks() async -> KeptMarks?

    /// Makes a change on disk; the changes of all callers come one after the other.
    ///
    /// - Parameters:
    ///   - change: what is to be kept or forgotten.
    ///   - objection: asked once the change's turn has come; where it gives a result, nothing is changed.
    ///   - apply: called once the change is on disk, before the turn of the next one. Both must be short.
    /// - Returns: ``CurationResult/done`` once it is on disk and applied, ``CurationResult/notKept`` where it cannot be, or what
    ///   the objection was.
    func make(
        _ change: CurationChange,
        unless objection: @escaping @Sendable () -> CurationResult?,
        apply: @escaping @Sendable () -> Void
    ) async -> CurationResult
}

/// A change to the marks that are kept.
package enum CurationChange: Sendable {
    /// The mark takes the place of another one of its key.
    case keep(CurationMark)
    case forget(CacheKey)
}

/// The marks as they were found.
package struct KeptMarks: Sendable {
    /// Those in force, tombstones in place of damaged rows included.
    package let marks: [CurationMark]
    /// Damaged rows that do not even tell their key: what they have forbidden cannot be known.
    package let lost: Int

    package init(_ marks: [CurationMark], lost: Int = 0) {
        self.marks = marks
        self.lost = lost
    }
}
