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
        // A store may take long to look into every input; what is purged meanwhile must not wait for it.
        let (batches, queue) = AsyncStream.makeStream(of: ReplicaNews.self, bufferingPolicy: .bufferingOldest(64))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await batch in batches { await self.carryOut(batch) }
            }
            await self.listen(queue)
            queue.finish()
            group.cancelAll()
        }
    }

    private func listen(_ queue: AsyncStream<ReplicaNews>.Continuation) async {
        while !Task.isCancelled {
            if let news = await self.takeNote(), !news.purges.isEmpty, case .dropped = queue.yield(news) {
                // As much waits as may: the next ones are heard of once this is done.
                await self.carryOut(news)
            }
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
        guard let news = await self.takeNote() else { return }
        await self.carryOut(news)
    }

    /// Hears what is new and takes it out of memory; from then on it is in force.
    private func takeNote() async -> ReplicaNews? {
        guard let news = await self.feed.news() else { return nil }
        for purge in news.purges { self.ambassador.forget(purge) }
        for refresh in news.refreshes { self.ambassador.forget(refresh) }
        self.feed.noted(news)
        return news
    }

    /// Removes what was purged from the store.
    private func carryOut(_ news: ReplicaNews) async {
        guard !news.purges.isEmpty else { return }
        for purge in news.purges { await self.ambassador.follow(purge) }
        // Kept once the store is clean: after a crash what was not yet removed there is removed again.
        await self.notes.keep(news.position, as: Self.positionNote)
    }
}

extension Ambassador {
    /// The flows of the configuration.
    package var listedFlows: [Flow] { self.parts.flows.listedFlows }

    /// Notes a purge of another replica's and takes what it names out of memory.
    func forget(_ purge: SharedPurge) {
        let selection = purge.selection.folding(self.parts.flows.foldedTargets)
        self.parts.purges.begin(selection, at: purge.time, isForeign: true)
        self.parts.memory.remove(selection)
    }

    /// Takes out of memory what another replica has fetched anew; the next request finds that in the shared cache.
    func forget(_ refresh: SharedRefresh) {
        self.parts.memory.remove(refresh.key, storedBefore: refresh.storedAt)
    }
}
