import NIOCore

/// The step between the two halves of the pipeline: the cache that replicas share is asked on the request's own event loop.
///
/// A task for each of its hits would cost as much as asking does. Whatever is no hit there goes on in the second half, which is then
/// not asked again what was found.
extension Ambassador {
    func lookFurther(_ plan: Plan, _ exchange: Exchange) -> Decision {
        guard case .use(let key, _) = plan.caching, let shared = self.parts.shared else {
            return self.fulfilling(plan, exchange, nil)
        }
        return .asking { tell in
            let isAsked = shared.lookUp(key) { tell(self.decide(on: $0, plan, exchange)) }
            return isAsked ? nil : self.fulfilling(plan, exchange, nil)
        }
    }

    private func decide(on finding: Finding, _ plan: Plan, _ exchange: Exchange) -> Decision {
        guard case .entry(let entry) = finding,
            let reply = self.answer(with: entry, to: plan, from: .redis, at: self.parts.clocks.wall())
        else { return self.fulfilling(plan, exchange, finding) }
        self.keep(entry, plan, from: .redis)
        return self.conclude(reply, exchange)
    }

    private func fulfilling(_ plan: Plan, _ exchange: Exchange, _ finding: Finding?) -> Decision {
        .pending {
            let reply = await self.fulfil(plan, after: finding)
            return await self.conclude(reply, exchange).response
        }
    }

    /// What the caches have for a request.
    struct Found {
        /// The answer that may be given at once.
        var served: Reply?
        /// What may be given if LangFlow does not answer.
        var stale: StaleEntry?
    }

    /// Looks in memory again, then in the caches beyond it.
    ///
    /// `finding` is what the shared cache has said already; `nil` where it was not asked.
    func find(
        _ key: CacheKey,
        _ generation: CallGeneration,
        _ plan: Plan,
        after finding: Finding?
    ) async -> Found {
        let wall = self.parts.clocks.wall
        var stale: StaleEntry?
        if let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()) {
            // It may have come since the first half of the pipeline looked.
            if let reply = self.answer(with: entry, to: plan, from: .memory, at: wall()) { return Found(served: reply) }
            stale = StaleEntry(entry, asOf: generation)
        }
        for (tier, detail) in self.tiers(isInMemory: stale != nil) {
            let finding = detail == .redis ? finding : nil
            let found =
                if let finding {
                    await tier.entry(of: finding, askedAt: generation.purges)
                } else {
                    await tier.entry(for: key, until: self.lookUpDeadline(plan))
                }
            guard let entry = found else { continue }
            if let reply = self.answer(with: entry, to: plan, from: detail, at: wall()) {
                await LongWork.run(on: entry.byteCount) { _ = self.keep(entry, plan, from: detail) }
                return Found(served: reply)
            }
            if stale?.isReplaced(by: entry, at: wall()) ?? true { stale = StaleEntry(entry, asOf: generation) }
        }
        // Looking there took time, and a flight that ended meanwhile cannot be joined any more.
        if let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()),
            stale?.isReplaced(by: entry, at: wall()) ?? true
        {
            if let reply = self.answer(with: entry, to: plan, from: .memory, at: wall()) { return Found(served: reply) }
            stale = StaleEntry(entry, asOf: generation)
        }
        return Found(stale: stale)
    }

    /// Until when a busy cache is waited for: as long as the request may where LangFlow cannot be asked instead, else for a moment.
    private func lookUpDeadline(_ plan: Plan) -> NIODeadline {
        guard !self.parts.health.isAway(for: plan.flow) else { return plan.deadline }
        return min(plan.deadline, self.parts.clocks.now() + Self.busyCacheMax)
    }

    private static let busyCacheMax = TimeAmount.seconds(2)

    /// Redis may hold what another replica fetched; the store can know more than memory only where memory knows nothing,
    /// since this process alone writes it.
    private func tiers(isInMemory: Bool) -> [(CacheTier, OutcomeDetail)] {
        var tiers: [(CacheTier, OutcomeDetail)] = []
        if let shared = self.parts.shared { tiers.append((shared, .redis)) }
        if !isInMemory { tiers.append((self.parts.store, .store)) }
        return tiers
    }
}
