/// What replicas that share a hot cache tell each other.
package protocol ReplicaFeed: Sendable {
    /// Tells all other replicas of a purge.
    ///
    /// What cannot be told now is told as soon as it can be.
    func publish(_ selection: PurgeSelection) async -> ReplicaNotice

    /// What the others have told since the last time, in their order; asked for by one task alone.
    ///
    /// - Returns: `nil` where the others cannot be heard at the moment.
    func news() async -> ReplicaNews?

    /// Says that everything up to a place in the feed has been noted.
    func noted(_ news: ReplicaNews)
}

/// Whether other replicas know of a purge.
package enum ReplicaNotice: String, Sendable {
    case told
    /// They cannot be reached; they are told as soon as they can be, unless this replica stops before.
    case pending
}

/// A purge that another replica was asked for.
package struct SharedPurge: Sendable, Equatable {
    package let selection: PurgeSelection
    package let time: Timestamp

    package init(selection: PurgeSelection, time: Timestamp) {
        self.selection = selection
        self.time = time
    }
}

/// An entry that another replica has put in place of an older one.
package struct SharedRefresh: Sendable, Equatable {
    package let key: CacheKey
    package let storedAt: Timestamp

    package init(key: CacheKey, storedAt: Timestamp) {
        self.key = key
        self.storedAt = storedAt
    }
}

/// Some of what replicas have told, and how far that goes.
package struct ReplicaNews: Sendable, Equatable {
    package let purges: [SharedPurge]
    package let refreshes: [SharedRefresh]
    /// The place in the feed after the last of the purges, as the feed writes it.
    package let position: String

    package init(purges: [SharedPurge], refreshes: [SharedRefresh], position: String) {
        self.purges = purges
        self.refreshes = refreshes
        self.position = position
    }
}
