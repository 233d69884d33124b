/// What a purge did in one place.
package struct Removal: Sendable, Equatable {
    /// Entries that are gone.
    package var removed: Int
    /// Entries that may have been meant: their input, in which a text was to be looked for, is not stored.
    package var unjudged: Int

    package init(removed: Int = 0, unjudged: Int = 0) {
        self.removed = removed
        self.unjudged = unjudged
    }
}
