import Logging

/// Has this replica's memory and store follow what other replicas do.
package struct ReplicaFollower: Sendable {
    /// How often the others are asked; so long a purge may take to reach this replica's memory.
    package static let interval = Duration.milliseconds(100)
    /// The name under which the place in the feed is kept.
    package static let positionNote = "replica-feed-position"

    private let ambassador: Ambassador
    private let feed: any ReplicaFeed
    private let notes: any DurableNotes
    private let clocks: Clocks
    private let sleeper: Sleeper

    package init(
        _ ambassador: Ambassador,
        feed: any ReplicaFeed,
        notes: any DurableNotes,
        clocks: Clocks = .system,
        sleeper: Sleeper = .system
    ) {
        self.ambassador = ambassador
        self.feed = feed
        self.notes = notes
        self.clocks = clocks
        self.sleeper = sleeper
    }

    /// Follows until its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await self.follow()
            // Not all replicas at once.
            let pause = Self.interval * Double.random(in: 0.8...1.0)
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: pause))
            } catch {
                return
            }
        }
    }

    /// Does once what is new.
    func follow() async {
        guard let news = await self.feed.news() else { return }
        // Memory first, all of it: what is removed there is what is served.
        for purge in news.purges { self.ambassador.forget(purge) }
        for refresh in news.refreshes { self.ambassador.forget(refresh) }
        self.feed.noted(news)
        for purge in news.purges { await self.ambassador.follow(purge) }
        // Kept once the store is clean: after a crash what was not yet removed there is removed again.
        if !news.purges.isEmpty { await self.notes.keep(news.position, as: Self.positionNote) }
    }
}

extension Ambassador {
    /// The flows of the configuration.
    package var listedFlows: [Flow] { self.parts.flows.listedFlows }

    /// Notes a purge of another replica's and takes what it names out of memory.
    func forget(_ purge: SharedPurge) {
        self.parts.purges.note(purge.selection, at: purge.time)
        self.parts.memory.remove(purge.selection)
    }

    /// Takes out of memory what another replica has fetched anew; the next request finds that in the shared cache.
    func forget(_ refresh: SharedRefresh) {
        self.parts.memory.remove(refresh.key, storedBefore: refresh.storedAt)
    }
}
