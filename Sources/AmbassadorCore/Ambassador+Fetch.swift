import Logging
import NIOCore

/// The call to LangFlow: breakers, limit, upstream, and keeping what came back.
extension Ambassador {
    /// Calls LangFlow once and keeps a good answer in every cache.
    func fetch(_ plan: Plan) async throws(FetchFailure) -> Fetched {
        let (called, microseconds) = try await self.guarded(plan) { start in
            if plan.caching.isBypass, plan.flow.settings.cancelsAbandoned {
                // Its records are parsed one by one as they come, the last with the whole answer in it: off the event loop.
                await withTaskExecutorPreference(globalConcurrentExecutor) { await self.callFolded(plan, at: start) }
            } else {
                await self.call(plan, at: start)
            }
        }
        return await self.keepWhole(called, plan, microseconds: microseconds)
    }

    /// Makes a call that breakers and limits let through, and tells them what became of it.
    ///
    /// - Parameters:
    ///   - plan: what is asked for.
    ///   - stall: how long the call waited for its readers, which LangFlow is not to blame for.
    ///   - call: made once it may be.
    /// - Returns: what the call brought, and how long it took in microseconds.
    /// - Throws: what kept the call from being made, or what it failed with.
    func guarded<Value: UpstreamUsed>(
        _ plan: Plan,
        stall: () -> Duration = { .zero },
        call: (_ start: NIODeadline) async -> Result<Value, FetchError>
    ) async throws(FetchFailure) -> (Value, microseconds: Int64) {
        let clocks = self.parts.clocks
        let health = self.parts.health
        if let error = plan.flow.hold.refusal(at: clocks.now()) { throw FetchFailure(error) }
        guard let permits = health.permit(plan.flow, at: clocks.now()) else { throw FetchFailure(.breakerOpen) }
        let start: NIODeadline
        let tokens: LimitTokens
        do throws(FetchError) {
            (start, tokens) = try await self.begin(plan, permits)
        } catch {
            health.abandon(permits, plan.flow, at: clocks.now())
            throw FetchFailure(error)
        }
        let outcome = await call(start)
        let end = clocks.now()
        if outcome.error == .noResources { self.noteShortage(at: end) }
        self.noteWait(outcome, plan, at: end)
        let stalled = stall()
        let took = start.duration(to: end) - stalled
        let hadItsTime = start.duration(to: plan.deadline) - stalled >= plan.flow.settings.timeout * 0.9
        let isOurLoad = self.parts.limit.isOverloading
        self.parts.limit.release(of: plan.flow.name, CallSample(took: took, endingIn: outcome.error))
        health.report(
            CallEnd(
                error: outcome.error,
                startedAt: start,
                endedAt: end,
                took: took,
                hadItsTime: hadItsTime && !isOurLoad
            ),
            of: plan.flow,
            permits
        )
        self.settle(outcome, plan, tokens)
        plan.flow.metrics.countCall(answered: outcome.error == nil, microseconds: took.microseconds)
        switch outcome {
        case .success(let value): return (value, took.microseconds)
        // Nothing was sent where there was nothing to send it with.
        case .failure(.noResources): throw FetchFailure(.noResources)
        case .failure(.notBegun): throw FetchFailure(.cancelled)
        case .failure(let error): throw FetchFailure(error, microseconds: took.microseconds)
        }
    }

    /// Takes what a call needs beside its permits: the tenant's budget, the tokens of limits, and a place.
    ///
    /// - Returns: when the place came free, and the tokens.
    private func begin(
        _ plan: Plan,
        _ permits: CallPermits
    ) async throws(FetchError) -> (start: NIODeadline, LimitTokens) {
        let tokens = try await self.admitCall(plan)
        let error: FetchError?
        switch await self.parts.limit.acquire(for: plan.flow.name, deadline: plan.deadline) {
        case .acquired:
            let start = self.parts.clocks.now()
            error = self.reasonNotToCall(plan, permits, at: start)
            if error == nil { return (start, tokens) }
            self.parts.limit.release(of: plan.flow.name, nil)
        case .queueFull: error = .overloaded
        case .timedOut: error = .queuedTooLong
        case .cancelled: error = .cancelled
        }
        self.callNotMade(plan, tokens)
        throw error ?? .cancelled
    }

    /// What has changed while the call waited for its turn: its time ran out, or a breaker opened.
    private func reasonNotToCall(_ plan: Plan, _ permits: CallPermits, at now: NIODeadline) -> FetchError? {
        if now >= plan.deadline { return .queuedTooLong }
        // An answer that came while it waited may ask to wait.
        if let error = plan.flow.hold.refusal(at: now) { return error }
        if case .exhausted(let kind, let seconds) = self.parts.budgets.verdict(
            onTakenCallOf: plan.tenant,
            at: self.parts.clocks.wall()
        ) {
            return .budgetExhausted(kind, retryAfterSeconds: seconds)
        }
        return self.parts.health.stillPermits(permits, plan.flow) ? nil : .breakerOpen
    }

    /// Keeps later calls of the flow back where an answer asked to wait.
    private func noteWait(_ outcome: Result<some UpstreamUsed, FetchError>, _ plan: Plan, at now: NIODeadline) {
        let wait: (status: Int, seconds: Int?) =
            switch outcome {
            case .failure(.gateway(let answer)): (answer.status, answer.retryAfterSeconds)
            case .failure(.status(let status, _, let seconds)): (status, seconds)
            case .failure: (0, nil)
            case .success(let value): value.wait
            }
        guard wait.status == 429 || wait.status == 503, let seconds = wait.seconds else { return }
        plan.flow.hold.note(status: wait.status, seconds: seconds, at: now)
    }

    private func noteShortage(at now: NIODeadline) {
        self.parts.metrics.countShortage()
        guard self.shortages.isDue(at: now) else { return }
        self.parts.logger.error(
            "no file descriptor, port or memory is left for a connection to LangFlow; see the limit of open files (ulimit -n)"
        )
    }

    /// Counts what a call used towards the tenant's budget, whose request was taken before; of one that was not sent nothing counts.
    private func settle(_ outcome: Result<some UpstreamUsed, FetchError>, _ plan: Plan, _ tokens: LimitTokens) {
        switch outcome {
        case .success(let value): self.charge(value.billedUsage, plan)
        case .failure(let error) where error.wasNotSent: self.callNotMade(plan, tokens)
        case .failure(let error): self.charge(error.billedUsage, plan)
        }
    }

    private func charge(_ usage: Usage?, _ plan: Plan) {
        // As the audit log has it: LangFlow's refusals and failures cost nothing.
        guard let usage else { return }
        self.parts.budgets.charge(
            BudgetUsage(spent: usage, costNanos: plan.flow.settings.price.nanos(for: usage)),
            to: plan.tenant,
            at: self.parts.clocks.wall()
        )
    }

    /// LangFlow's answer as it came and as it reads.
    struct Called: Sendable {
        let answer: UpstreamAnswer
        let read: LangFlowAnswer
    }

    /// Sends the canonical body and reads what comes back.
    private func call(_ plan: Plan, at start: NIODeadline) async -> Result<Called, FetchError> {
        let session = plan.session.scoped(to: plan.tenant)
        do throws(UpstreamError) {
            let answer = try await self.parts.upstream.run(await self.upstreamCall(plan, session, at: start))
            return try await self.judge(answer, plan, session)
        } catch {
            return .failure(FetchError(error))
        }
    }

    /// What LangFlow is sent.
    func upstreamCall(_ plan: Plan, _ session: UpstreamSessionID, at start: NIODeadline) async -> UpstreamCall {
        let body = await LongWork.run(on: plan.request.body.readableBytes) { plan.input.upstreamBody(session: session) }
        return UpstreamCall(
            target: plan.flow.target,
            body: body,
            globalVariables: plan.globalVariables,
            traceID: plan.request.traceID,
            traceContext: plan.request.traceContext,
            timeout: start.duration(to: plan.deadline)
        )
    }

    /// Reads an answer, or finds out what is wrong with it.
    func judge(
        _ answer: UpstreamAnswer,
        _ plan: Plan,
        _ session: UpstreamSessionID
    ) async throws(UpstreamError) -> Result<Called, FetchError> {
        try await LongWork.run(on: answer.body.readableBytes) { () throws(UpstreamError) in
            if let error = self.error(of: answer, session) { return .failure(error) }
            return .success(Called(answer: answer, read: try LangFlowAnswer.read(answer, session: session)))
        }
    }

    /// What an answer's status says against it; 200 and LangFlow's own 4xx are passed on.
    private func error(of answer: UpstreamAnswer, _ session: UpstreamSessionID) -> FetchError? {
        switch answer.status {
        case 200: break
        case 400..<500:
            guard LangFlowError.isRefusal(answer) else { return .gateway(GatewayAnswer(answer)) }
        case 500..<600:
            return .status(
                answer.status,
                message: LangFlowError.message(from: answer.body).map(session.removed(from:)),
                retryAfterSeconds: answer.retryAfterSeconds
            )
        default: return .invalid(UpstreamCause(.unexpectedStatus, "\(answer.status)"))
        }
        let isCredentialRefused = answer.status == 401 || answer.status == 403
        self.parts.readiness.noteUpstreamCredential(isAccepted: !isCredentialRefused)
        return isCredentialRefused ? .credentialRefused : nil
    }

    /// Keeps an answer that may be kept: in the store, then in the hot caches.
    func keepWhole(_ called: Called, _ plan: Plan, microseconds: Int64) async -> Fetched {
        // To seal it for Redis takes as long as to read it.
        await LongWork.run(on: called.answer.body.readableBytes) { self.keep(called, plan, microseconds: microseconds) }
    }

    private func keep(_ called: Called, _ plan: Plan, microseconds: Int64) -> Fetched {
        let entry = self.entry(called, plan, microseconds: microseconds)
        let isKept = entry.map { self.keep($0, plan, from: nil) } ?? false
        let freshness = called.answer.freshness
        return Fetched(
            status: called.answer.status,
            answer: called.read.answer,
            usage: called.read.usage,
            ageSeconds: freshness.age(took: microseconds).map { Int($0.milliseconds / 1000) },
            degradation: freshness.degradation,
            retryAfterSeconds: called.answer.retryAfterSeconds,
            wasStored: isKept,
            microseconds: microseconds
        )
    }

    /// Puts an entry where the next request looks, unless a purge has covered it since it was asked for.
    ///
    /// `tier` is where the entry was found; `nil` where LangFlow gave it. Tells whether it was kept.
    @discardableResult
    func keep(_ entry: CacheEntry, _ plan: Plan, from tier: OutcomeDetail?) -> Bool {
        guard case .use(let key, let generation) = plan.caching else { return false }
        let time = self.parts.clocks.wall()
        if tier != nil, let present = self.parts.memory.entry(for: key, at: self.parts.clocks.now()),
            !entry.replaces(entryStoredAt: present.storedAt, at: time)
        {
            // A refresh was faster than the look-up: what it brought must not be overwritten with what was found.
            return false
        }
        if tier == nil, plan.flow.isOutdated(entry),
            let present = self.parts.memory.entry(for: key, at: self.parts.clocks.now()),
            !plan.flow.isOutdated(present)
        {
            // The flow was changed while this was asked, and its new version has answered meanwhile.
            return false
        }
        let age = max(.zero, time.since(entry.storedAt))
        let lifetime = entry.lifetime(under: plan.flow.settings) - age
        guard lifetime > .zero else { return false }
        let asked = entry.input == nil ? entry.with(input: plan.input.input) : entry
        return self.parts.purges.keep(asked, askedAt: generation.purges) {
            // What another replica fetched is in its store; here too it must outlast Redis and a restart.
            // So is what was fetched here, which the next request may find in Redis.
            let isKnown = self.parts.shared != nil && !self.copies.note(entry, at: self.parts.clocks.now())
            let isInStore = tier == .store || (tier == .redis && isKnown)
            if !isInStore { self.parts.store.insert(entry, lifetime: lifetime) }
            if tier != .redis { self.parts.shared?.insert(entry, lifetime: lifetime) }
            let expiresAt = self.parts.clocks.now().advanced(by: lifetime)
            self.parts.memory.insert(entry, expiresAt: expiresAt, at: time)
        }
    }

    private func entry(_ called: Called, _ plan: Plan, microseconds: Int64) -> CacheEntry? {
        guard case .storable = called.read.storability, called.answer.freshness.isStorable else { return nil }
        return self.entry(
            called.read.answer,
            called.read.usage,
            called.answer.freshness,
            plan,
            microseconds: microseconds
        )
    }

    /// - Returns: `nil` where nothing is kept for the plan, or where the entry is over the size limit.
    func entry(
        _ answer: Answer,
        _ usage: Usage,
        _ freshness: AnswerFreshness,
        _ plan: Plan,
        microseconds: Int64
    ) -> CacheEntry? {
        guard case .use(let key, _) = plan.caching else { return nil }
        let entry = CacheEntry(
            key: key,
            tenant: plan.tenant,
            target: plan.flow.target,
            // When it was made: what covers or outdates answers of that time covers this one too, wherever it was meanwhile.
            storedAt: self.parts.clocks.wall().advanced(by: .zero - (freshness.age(took: microseconds) ?? .zero)),
            lifetimeMax: freshness.lifetimeMax,
            forbidsStale: freshness.forbidsStale,
            answer: answer,
            usage: usage,
            upstreamMicroseconds: microseconds,
            input: plan.flow.settings.storesInputs ? plan.input.input : nil
        )
        return entry.byteCount <= self.parts.entryBytesMax ? entry : nil
    }
}

/// What a call brought, as the budgets see it.
protocol UpstreamUsed: Sendable {
    /// What a good answer used; `nil` where it was LangFlow's refusal.
    var billedUsage: Usage? { get }
    /// The answer's status and for how many seconds it asks to wait, where it does.
    var wait: (status: Int, seconds: Int?) { get }
}

extension Ambassador.Called: UpstreamUsed {
    var billedUsage: Usage? {
        self.answer.status == 200 && self.answer.freshness.degradation == nil ? self.read.usage : nil
    }
    var wait: (status: Int, seconds: Int?) { (self.answer.status, self.answer.retryAfterSeconds) }
}

extension Ambassador.StreamCall: UpstreamUsed {
    var billedUsage: Usage? {
        switch self {
        case .answer(let called): called.billedUsage
        case .stream(let stream): stream.freshness.degradation == nil ? stream.outline.usage : nil
        }
    }

    var wait: (status: Int, seconds: Int?) {
        switch self {
        case .answer(let called): called.wait
        case .stream: (200, nil)
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
