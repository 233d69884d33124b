import NIOCore

/// The pipeline: from a request to its answer, in one straight piece of code.
///
///     parse -> identify -> authorize -> plan -> limit -> hot cache -> store -> flight -> breakers, limit -> upstream -> keep -> answer -> record
///
/// The first half, to a hit in memory, is synchronous and runs on the connection's event loop; what has to wait is the second
/// half (``Ambassador/fulfil(_:after:)``). Between them the cache that replicas share is asked on the loop (``Ambassador/lookFurther(_:_:)``).
/// All end in the same record, whatever happened on the way.
package final class Ambassador: Responder {
    let parts: AmbassadorParts
    let copies = RecentCopies()
    let shortages = OncePerMinute()
    let callerWork: CallerWork
    /// What learns which flows LangFlow has; `nil` where nothing does.
    let names: FlowNameWatcher?

    package init(
        _ parts: AmbassadorParts,
        names: FlowNameWatcher? = nil,
        callerWork: CallerWork = CallerWork()
    ) {
        self.parts = parts
        self.names = names
        self.callerWork = callerWork
    }

    package func decide(_ request: Request, remembering shortcuts: Shortcuts?) -> Decision {
        var exchange = Exchange(request, time: self.parts.clocks.wall())
        var hasPlace = false
        do throws(Refusal) {
            let (now, access) = (self.parts.clocks.now(), self.parts.access)
            // Read first: what changes from here on ends what is remembered.
            let epoch = access.epoch
            // Who calls comes first: a place in the audit log is for those who are known.
            guard let caller = try access.caller(of: request, at: exchange.time, now: now), self.parts.audit.reserve()
            else { return .pending { [exchange] in await self.decideOnceRecordable(request, exchange) } }
            hasPlace = true
            // Bound: the body is read and hashed here in a millisecond at most.
            guard LongWork.isShort(request.body.readableBytes) else {
                return .pending { [exchange] in await self.answer(request, of: caller, exchange) }
            }
            guard
                let plan = try self.admit(
                    try self.plan(request, of: caller, at: exchange.time, &exchange),
                    &exchange,
                    at: now
                )
            else { return .pending { [exchange] in await self.answer(request, of: caller, exchange) } }
            if let reply = self.answerFromMemory(plan) {
                if let shortcuts, reply.outcome == .hit { self.remember(plan, of: caller, epoch: epoch, in: shortcuts) }
                return self.conclude(reply, exchange)
            }
            return self.lookFurther(plan, exchange)
        } catch {
            let reply = Reply(error, to: exchange, outcome: .refused)
            guard hasPlace else { return .answered(self.turnAway(reply, exchange)) }
            return self.conclude(reply, exchange)
        }
    }

    package func refusal(beforeBodyOf head: CallHead, from clientAddress: String?) -> Refusal? {
        let (clocks, access) = (self.parts.clocks, self.parts.access)
        do throws(Refusal) {
            _ = try access.caller(showing: head.credential, from: clientAddress, at: clocks.wall(), now: clocks.now())
            return nil
        } catch {
            return error
        }
    }

    package func refuse(_ refusal: Refusal, of head: RefusedHead) -> Decision {
        let clocks = self.parts.clocks
        let exchange = Exchange(head, receivedAt: head.receivedAt, time: clocks.wall())
        var reply = Reply(refusal, to: exchange, outcome: .refused)
        reply.allowedMethods = head.allowedMethods
        return .answered(self.turnAway(reply, exchange))
    }

    /// Finds out what is asked of which flow, and refuses what is not in order or not allowed.
    func plan(
        _ request: Request,
        of caller: Caller,
        at time: Timestamp,
        _ exchange: inout Exchange
    ) throws(Refusal) -> Plan {
        exchange.principal = caller.principal
        // Before the request's own tenant is looked at: a refusal of that is recorded under the caller's.
        if let tenant = caller.tenant { exchange.tenant = tenant }
        exchange.tenant = try self.parts.access.tenant(of: caller, request.head)
        let input = try Self.read(request)
        exchange.flowName = input.flow
        let flow = try self.flow(named: input.flow) { name throws(Refusal) in
            try self.parts.access.authorize(input, of: name, by: caller)
        }
        // One flow in the log, by whichever name it was called.
        exchange.flowName = flow.name
        exchange.flow = flow
        flow.believeOutdated(at: time)
        exchange.input = input.input
        try Self.check(input, flow.settings)
        self.noteSession(input, of: exchange.tenant, flow, request)
        let variables = request.head.globalVariables
        try GlobalVariable.check(variables, allowed: flow.settings.globalVariables)
        let hash = Self.hash(of: input, flow, variables)
        exchange.inputHash = hash
        // Nothing to most requests, so that nobody is asked for a permission that plays no part.
        let mayRefresh =
            request.head.directives != nil && flow.allows(.refresh, calledBy: input.flow, caller.permissions)
        let directives = request.head.directives.flatMap { Self.heeded($0, flow.settings, mayRefresh: mayRefresh) }
        return Plan(
            request: request,
            flow: flow,
            input: input,
            inputHash: hash,
            tenant: exchange.tenant,
            principal: caller.principal,
            session: input.session ?? self.session(ofRequestWithoutOneTo: flow),
            globalVariables: variables,
            caching: self.caching(
                of: input,
                flow,
                CacheKey(scope: flow.scope(for: exchange.tenant), input: hash),
                variables,
                isBypassed: mayRefresh && directives?.noStore == true
            ),
            directives: directives,
            form: input.form,
            time: time,
            // From now on, not from the first byte: what the caller took to send its request is not LangFlow's time.
            startedAt: self.parts.clocks.now()
        )
    }

    /// The flow that a caller named, if the caller has the permission for its request.
    ///
    /// The permission is for a listed flow's own name, under whichever name the caller knows it. A caller that names the flow's target
    /// needs the permission for the target, too. The permission is checked before the flow is looked up, so that a refusal does not show
    /// which flows exist.
    func flow(
        named name: FlowName,
        authorize: (FlowName) throws(Refusal) -> Void
    ) throws(Refusal) -> Flow {
        if let flow = self.parts.flows.listedFlow(named: name) {
            try authorize(flow.name)
            if name == flow.target, name != flow.name { try authorize(name) }
            return flow
        }
        try authorize(name)
        if let flow = self.parts.flows.flow(named: name) { return flow }
        throw Refusal(
            .unknownFlow,
            "There is no flow with this name. Check flow_id, or list the flow in the configuration."
        )
    }

    private static func read(_ request: Request) throws(Refusal) -> RunInput {
        switch request.head.route {
        case .runFlow: try RunInput.parseRunFlow(request.body)
        case .langFlowRun(let flow):
            try RunInput.parseLangFlowRun(request.body, flow: flow, wantsStream: request.head.wantsStream)
        case .langFlowResponses: try RunInput.parseLangFlowResponses(request.body)
        case .responses: try RunInput.parseResponses(request.body, session: request.head.sessionHeader)
        case .chatCompletions: try RunInput.parseChatCompletion(request.body, session: request.head.sessionHeader)
        }
    }

    private static func check(_ input: RunInput, _ settings: FlowSettings) throws(Refusal) {
        try input.checkInput(allowsEmpty: settings.allowsEmptyInput)
        try input.checkTweaks(allowed: settings.tweaks)
    }

    private func session(ofRequestWithoutOneTo flow: Flow) -> SessionID {
        switch flow.settings.sessionDefault {
        case .fresh: .fresh()
        case .flow: .ofFlow(flow.target)
        }
    }

    private func caching(
        of input: RunInput,
        _ flow: Flow,
        _ key: CacheKey,
        _ variables: [GlobalVariable],
        isBypassed: Bool
    ) -> Plan.Caching {
        // Earlier turns that no session stands for are not in the key: their question may mean something else in another conversation.
        let isInConversation =
            input.session == nil
            ? input.openAI?.hasEarlierTurns == true || Self.isBypassed(input, flow.settings)
            : Self.isBypassed(input, flow.settings)
        guard !isInConversation else {
            return .bypass(flow.settings.isCacheable ? .session : .policy)
        }
        // Whatever the flow's settings and the request say: it is the operator's last word.
        if let mark = self.parts.curation.mark(for: key) ?? self.earlierMark(of: input, flow, key.scope, variables) {
            return if case .pin = mark.kind { .pinned(mark) } else { .bypass(.tombstone) }
        }
        guard flow.settings.isCacheable else { return .bypass(.policy) }
        guard !isBypassed else { return .bypass(.noStore) }
        return .use(key, CallGeneration(purges: self.parts.purges.sequence, outdatedAt: flow.becameOutdatedAt))
    }

    /// Answers a hit: no other thread, no disk, no Redis.
    private func answerFromMemory(_ plan: Plan) -> Reply? {
        if case .pinned(let mark) = plan.caching { return Reply(mark, to: plan) }
        guard case .use(let key, _) = plan.caching else { return nil }
        guard let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()) else { return nil }
        return self.answer(with: entry, to: plan, from: .memory, at: plan.time)
    }

    /// A request that has to wait: for the keys to check its credential with, or since the audit log's queue was full.
    private func decideOnceRecordable(_ request: Request, _ exchange: Exchange) async -> Response {
        let caller: Caller
        do throws(Refusal) {
            let (clocks, access) = (self.parts.clocks, self.parts.access)
            caller = try await access.waitForCaller(of: request, at: clocks.wall(), now: clocks.now())
        } catch {
            return self.turnAway(Reply(error, to: exchange, outcome: .refused), exchange)
        }
        let hasPlace = if self.parts.audit.reserve() { true } else { await self.parts.audit.reserveWaiting() }
        guard hasPlace else { return self.unrecordable(exchange.traceID, exchange.errorForm, exchange.limit) }
        return await self.answer(request, of: caller, exchange)
    }

    /// The steps of ``decide(_:)`` after the caller is known, for a request that has to wait before it gets as far as the caches.
    private func answer(_ request: Request, of caller: Caller, _ exchange: Exchange) async -> Response {
        var exchange = exchange
        do throws(Refusal) {
            guard let plan = try await self.waitForPlan(request, of: caller, &exchange) else {
                return await self.conclude(.abandoned(request.traceID), exchange).response
            }
            let reply = if let reply = self.answerFromMemory(plan) { reply } else { await self.fulfil(plan) }
            return await self.conclude(reply, exchange).response
        } catch {
            return await self.conclude(Reply(error, to: exchange, outcome: .refused), exchange).response
        }
    }

    /// Answers a request that is refused before anybody knows who sent it; of such requests the audit log keeps sums.
    func turnAway(_ reply: Reply, _ exchange: Exchange) -> Response {
        let record = exchange.record(reply, at: self.parts.clocks.now())
        self.parts.metrics.count(record, of: exchange.flow)
        self.parts.audit.sum(record)
        return exchange.response(reply)
    }

    /// Records a request and lets its answer go, at once or, where the audit log is strict, once its record is on disk.
    func conclude(_ reply: Reply, _ exchange: Exchange) -> Decision {
        if let source = reply.source { return .answered(self.response(streaming: source, reply, exchange)) }
        switch self.parts.audit.durability {
        case .batched:
            let record = exchange.record(reply, at: self.parts.clocks.now())
            self.parts.metrics.count(record, of: exchange.flow)
            self.parts.audit.record(consume record)
            return .answered(exchange.response(reply))
        case .strict:
            let record = exchange.record(reply, at: self.parts.clocks.now())
            let held = HeldAnswer(recording: record, in: self.parts.audit) { record, isRecorded in
                guard isRecorded else { return self.unrecordable(exchange.traceID, exchange.errorForm, exchange.limit) }
                self.parts.metrics.count(record, of: exchange.flow)
                return exchange.response(reply)
            }
            return .committing(held)
        }
    }

    /// The answer to a request that cannot be recorded.
    ///
    /// It is counted, but by the nature of the matter not recorded.
    func unrecordable(_ traceID: TraceID, _ form: ErrorForm, _ limit: LimitState?) -> Response {
        let refusal = Refusal(
            .auditUnavailable,
            "Service temporarily unavailable",
            detail: "The audit log cannot take the record of this request. Try again later.",
            retryAfterSeconds: 1
        )
        self.parts.metrics.countUnrecorded()
        return Reply(refusal, traceID: traceID, as: form, outcome: .failed).response(traceID, limit)
    }
}
