import NIOCore

/// The second half of the pipeline: what has to be waited for, off the event loops.
extension Ambassador {
    /// Finds the answer in the caches beyond memory or fetches it; where LangFlow does not answer, degrades.
    ///
    /// `finding` is what the shared cache has said already; `nil` where it was not asked.
    func fulfil(_ plan: Plan, after finding: Finding? = nil) async -> Reply {
        guard case .use(let key, let generation) = plan.caching else {
            if plan.isOnlyIfCached { return self.notStored(plan) }
            return plan.form == .records ? await self.fulfilStream(plan, nil) : await self.fetchPastFlights(plan, nil)
        }
        let found = await self.find(key, generation, plan, after: finding)
        if let served = found.served { return served }
        if plan.isOnlyIfCached { return self.notStored(plan) }
        // Whoever waits on a flight may want to have its answer kept.
        let plan = plan.directives?.noStore == true ? plan.bypassing(.noStore) : plan
        if plan.form == .records { return await self.fulfilStream(plan, found.stale) }
        if plan.caching.isBypass { return await self.fetchPastFlights(plan, found.stale) }
        return await self.fulfilTogether(key, generation, plan, found.stale)
    }

    /// Shares a call with those who ask the same.
    private func fulfilTogether(
        _ key: CacheKey,
        _ generation: CallGeneration,
        _ plan: Plan,
        _ stale: StaleEntry?
    ) async -> Reply {
        var stored: CacheEntry?
        let isStored = {
            stored = self.freshEntry(of: key, for: plan)
            return stored != nil
        }
        var landing = await self.land(key, generation, plan, unless: isStored)
        if case .failed(let failure, let share) = landing, share.wasShared,
            failure.isLeadersOwn(timeLeft: self.timeLeft(plan))
        {
            // What another caller may not do, or had no time for, says nothing of this one.
            if share.carriesCall { await self.recordUnclaimed(plan, .failure(failure)) }
            landing = await self.land(key, generation, plan, unless: isStored)
        }
        switch landing {
        case .failed(let failure, let share) where share.wasShared && failure.isOurRefusal:
            // Again another's, as when somebody asks on and on: then past the flights, under this caller's own limits.
            return await self.fetchPastFlights(plan, stale)
        case .stored:
            if let stored, let reply = self.answer(with: stored, to: plan, from: .memory, at: self.parts.clocks.wall())
            {
                return reply
            }
            return await self.fetchPastFlights(plan, stale)
        case .done(let fetched, let share):
            return self.reply(fetched, to: plan, over: stale, share)
        case .failed(let failure, let share): return self.degrade(plan, stale, failure, share)
        case .waitedTooLong: return self.degrade(plan, stale, FetchFailure(.timeout))
        case .tooManyWaiters: return self.degrade(plan, stale, FetchFailure(.overloaded))
        case .cancelled: return .abandoned(plan.request.traceID)
        }
    }

    /// The share of its time that a request has left.
    func timeLeft(_ plan: Plan) -> Double {
        let left = self.parts.clocks.now().duration(to: plan.deadline)
        return max(0, left / plan.flow.settings.timeout)
    }

    private func land(
        _ key: CacheKey,
        _ generation: CallGeneration,
        _ plan: Plan,
        unless isStored: () -> Bool
    ) async -> Flights.Landing {
        await self.parts.flights.land(
            key,
            generation,
            accepts: { self.accepts($0, generation, plan) },
            unless: isStored,
            deadline: plan.deadline,
            keepsRunning: true,
            unclaimed: { await self.recordUnclaimed(plan, $0) },
            operation: { () async throws(FetchFailure) in try await self.fetch(plan) }
        )
    }

    /// Whether a call that was asked for at a generation answers a plan of its own one, too: it has seen the same version of the flow,
    /// and no purge that it has not seen covers its answer.
    func accepts(_ generation: CallGeneration, _ own: CallGeneration, _ plan: Plan) -> Bool {
        guard generation.isOfSameFlow(as: own) else { return false }
        guard generation.purges < own.purges, case .use(let key, _) = plan.caching else { return true }
        // What purges look at, whatever of it would be kept.
        let asked = CacheEntry(
            key: key,
            tenant: plan.tenant,
            target: plan.flow.target,
            storedAt: self.parts.clocks.wall(),
            lifetimeMax: nil,
            answer: .text(ByteBuffer()),
            usage: .unknown,
            upstreamMicroseconds: 0,
            input: plan.input.input
        )
        return self.parts.purges.permits(asked, askedAt: generation.purges)
    }

    /// The answer that an entry gives under the flow's settings: fresh, or stale while it is refreshed, or none.
    ///
    /// `now` is the wall clock at this moment: what came while a request waited is not from its future.
    func answer(with entry: CacheEntry, to plan: Plan, from tier: OutcomeDetail, at now: Timestamp) -> Reply? {
        // An operator may have decided about it while it was looked for.
        guard self.parts.curation.mark(for: entry.key) == nil else { return nil }
        switch Freshness(of: entry, in: plan.flow, at: now, asking: plan.directives) {
        case .fresh(let ttl):
            return self.reply(with: entry, to: plan, .hit, ttl: ttl, tier, at: now)
        case .staleWhileRevalidate(let ttl):
            // Whoever asks for what is stored alone, or to have nothing kept, gives no cause for a call.
            if !plan.isOnlyIfCached, plan.directives?.noStore != true { self.refreshInBackground(entry.key, plan) }
            if self.parts.health.isAway(for: plan.flow), let reply = self.degraded(with: entry, plan) { return reply }
            return self.reply(with: entry, to: plan, .stale, ttl: ttl, tier, at: now)
        case .staleAsAccepted(let ttl):
            return self.reply(with: entry, to: plan, .stale, ttl: ttl, tier, at: now)
        case .staleIfError, .expired:
            return nil
        }
    }

    /// A stale answer that cannot be refreshed, since a breaker is open.
    private func degraded(with entry: CacheEntry, _ plan: Plan) -> Reply? {
        guard case .use(_, let generation) = plan.caching, entry.answer.in(plan.form) != nil else { return nil }
        return self.degrade(plan, StaleEntry(entry, asOf: generation), FetchFailure(.breakerOpen))
    }

    private func reply(
        with entry: CacheEntry,
        to plan: Plan,
        _ outcome: Outcome,
        ttl: Int,
        _ tier: OutcomeDetail,
        at now: Timestamp
    ) -> Reply? {
        guard var reply = Reply(entry: entry, to: plan, outcome: outcome, detail: tier, at: now) else { return nil }
        reply.cacheStatus = .hit(ttl: ttl, tier)
        return self.paced(reply, plan, madeAt: entry.storedAt)
    }

    /// A replay takes its time where the flow wants it to.
    private func paced(_ reply: Reply, _ plan: Plan, madeAt time: Timestamp) -> Reply {
        let pace = plan.flow.settings.replayPace
        guard pace > .zero, let answer = reply.answer, plan.form == .records else { return reply }
        var reply = reply
        let clocks = self.parts.clocks
        reply.source = PacedReplay(answer, pace: pace, sleeper: self.parts.sleeper, now: clocks.now)
        reply.view = plan.answered(reply.outcome).streamView(createdAt: time)
        return reply
    }

    private func refreshInBackground(_ key: CacheKey, _ plan: Plan) {
        guard case .use(_, let generation) = plan.caching else { return }
        switch plan.form {
        case .document:
            self.parts.flights.refreshInBackground(
                key,
                generation,
                unclaimed: { await self.recordUnclaimed(plan, $0) },
                operation: { () async throws(FetchFailure) in try await self.fetch(plan) }
            )
        case .records:
            self.parts.streams.refreshInBackground(key, generation) { await self.produce(plan, $0) }
        }
    }

    func fetchPastFlights(_ plan: Plan, _ stale: StaleEntry?) async -> Reply {
        do throws(FetchFailure) {
            return self.reply(try await self.fetch(plan), to: plan, over: stale, .alone)
        } catch {
            guard error.error == .cancelled else { return self.degrade(plan, stale, error) }
            var reply = Reply.abandoned(plan.request.traceID)
            if let call = error.call { reply.carry(call, of: plan.flow) }
            return reply
        }
    }

    func reply(_ fetched: Fetched, to plan: Plan, over entry: StaleEntry?, _ share: Share) -> Reply {
        guard fetched.status == 200 else { return self.rejection(fetched, to: plan, share) }
        if let degradation = fetched.degradation {
            return self.reply(degraded: degradation, fetched, to: plan, over: entry, share)
        }
        let wasShared = share.wasShared
        // A document has every form.
        let answer = fetched.answer.in(plan.form) ?? fetched.answer
        var reply = Reply(
            answer,
            fetched.usage,
            madeAt: plan.time,
            to: plan,
            outcome: wasShared ? .collapsed : .miss
        )
        switch plan.caching {
        case .bypass(let reason):
            reply.outcome = .bypass
            reply.detail = reason
            reply.cacheStatus = .bypass(reason)
        case .use, .pinned:
            let stored = fetched.wasStored
            reply.cacheStatus =
                if let reason = self.reasonToFetch(over: entry, plan) {
                    .refetched(reason, stored: stored, isCollapsed: wasShared)
                } else if wasShared { .collapsed(stored: stored) } else { .miss(stored: stored) }
        }
        // Made for another request: a moment ago, or by what a cache before LangFlow says.
        reply.ageSeconds = fetched.ageSeconds ?? (wasShared ? 0 : nil)
        reply.usage = fetched.usage
        if share.carriesCall {
            reply.carry(fetched.call, of: plan.flow)
        } else {
            reply.savedNanos = plan.flow.settings.price.nanos(for: fetched.usage)
        }
        return reply
    }

    /// What another ambassador gave in place of LangFlow's answer; an answer of LangFlow's that is stored here goes before its fallback.
    private func reply(
        degraded degradation: Response.Degradation,
        _ fetched: Fetched,
        to plan: Plan,
        over entry: StaleEntry?,
        _ share: Share
    ) -> Reply {
        var reply: Reply
        let now = self.parts.clocks.wall()
        if degradation == .fallback, let entry = entry?.servable(to: plan, self.parts, at: now),
            let stale = Reply(entry: entry, to: plan, outcome: .degraded, detail: .stale, at: now)
        {
            reply = stale
            reply.degradation = .stale
            reply.cacheStatus = .degradedAfterCall(status: fetched.status)
        } else {
            reply = Reply(
                fetched.answer.in(plan.form) ?? fetched.answer,
                fetched.usage,
                madeAt: plan.time,
                to: plan,
                outcome: .degraded,
                detail: OutcomeDetail(degradation)
            )
            reply.degradation = degradation
            reply.cacheStatus = .passedOn(degradation)
            reply.ageSeconds = fetched.ageSeconds
        }
        if share.carriesCall { reply.carry(fetched.call, of: plan.flow) }
        return reply
    }

    /// LangFlow's own 4xx, passed on with its status and body.
    private func rejection(_ fetched: Fetched, to plan: Plan, _ share: Share) -> Reply {
        let session = plan.session.escaped
        let form = plan.request.head.route.errorForm
        var reply = Reply(
            status: fetched.status,
            content: form.content(of: fetched, session: session, traceID: plan.request.traceID),
            outcome: .rejected
        )
        reply.cacheStatus = share.wasShared ? .collapsed(stored: false) : .miss(stored: false)
        if fetched.status == 429 { reply.retryAfterSeconds = fetched.retryAfterSeconds }
        if case .bypass(let reason) = plan.caching { reply.cacheStatus = .bypass(reason) }
        if share.carriesCall { reply.carry(fetched.call, of: plan.flow) }
        return reply
    }

    /// The next best answer when LangFlow gave none: a stale entry, else the flow's fallback, else the error.
    func degrade(
        _ plan: Plan,
        _ stale: StaleEntry?,
        _ failure: FetchFailure,
        _ share: Share = .alone
    ) -> Reply {
        let now = self.parts.clocks.now()
        let refusal = failure.refusal(
            retryAfter: max(self.parts.breaker.retryAfter(at: now), plan.flow.breaker.retryAfter(at: now))
        )
        var reply: Reply
        let time = self.parts.clocks.wall()
        if let stale, let ttl = stale.freshness(for: plan, asking: plan.directives, at: time).secondsLeft,
            let entry = stale.servable(to: plan, self.parts, at: time),
            let answered = Reply(entry: entry, to: plan, outcome: .degraded, detail: .stale, at: time)
        {
            reply = answered
            reply.degradation = .stale
            reply.cacheStatus =
                failure.wasCalled ? .degradedAfterCall(status: refusal.status) : .degradedWithoutCall(ttl: ttl)
        } else if let fallback = plan.flow.settings.fallback {
            let answer = FallbackAnswer.make(text: fallback, input: plan.input.input)
            reply = Reply(
                answer.in(plan.form) ?? answer,
                .unknown,
                madeAt: plan.time,
                to: plan,
                outcome: .degraded,
                detail: .fallback
            )
            reply.degradation = .fallback
            reply.ageSeconds = nil
            reply.cacheStatus = .fallback(status: refusal.status)
        } else {
            let outcome: Outcome = failure.isOurRefusal ? .refused : .failed
            reply = Reply(refusal, to: plan, outcome: outcome)
            reply.cacheStatus =
                if case .bypass(let reason) = plan.caching { .bypass(reason) } else { .miss(stored: false) }
        }
        reply.errorKind = refusal.kind
        reply.errorDetail = self.fault(behind: failure, of: plan.flow).map { .upstream($0) }
        if share.carriesCall, let call = failure.call { reply.carry(call, of: plan.flow) }
        return reply
    }

    /// What went wrong with the call; where none was made, with the one that made it so.
    private func fault(behind failure: FetchFailure, of flow: Flow) -> UpstreamFault? {
        if case .breakerOpen = failure.error { return self.parts.health.openBecause(flow) }
        return failure.error.cause?.fault
    }
}
