import NIOCore

/// Streams: LangFlow's answer is handed on record by record while a copy of it is kept.
extension Ambassador {
    /// An answer of LangFlow's that is stored, which goes before the fallback of another ambassador.
    private func reply(insteadOf place: StreamFlights.Place, _ stale: StaleEntry?, _ plan: Plan) -> Reply? {
        let clocks = self.parts.clocks
        guard place.relay.degradation == .fallback,
            let entry = stale?.servable(to: plan, self.parts, at: clocks.wall()),
            var reply = Reply(entry: entry, to: plan, outcome: .degraded, detail: .stale, at: clocks.wall())
        else { return nil }
        place.leave()
        reply.degradation = .stale
        reply.cacheStatus = .degradedAfterCall(status: 200)
        if let call = place.carriedCall(at: clocks.now()) {
            reply.carry(CallMade(microseconds: call.microseconds), of: plan.flow)
        }
        return reply
    }

    /// Joins the stream of a plan, or begins it; where LangFlow does not answer, degrades.
    ///
    /// `othersRefusals` is how often another caller's stream was joined that then was not made.
    func fulfilStream(_ plan: Plan, _ stale: StaleEntry?, othersRefusals: Int = 0) async -> Reply {
        let place: StreamFlights.Place?
        var stored: CacheEntry?
        switch plan.caching {
        case .use(let key, let generation) where othersRefusals < 2:
            place = self.join(key, generation, plan) {
                // A stream that has just ended was kept before it could be joined no more.
                stored = self.freshEntry(of: key, for: plan)
                return stored != nil
            }
        case .use, .bypass, .pinned: place = self.parts.streams.begin { await self.produce(plan, $0) }
        }
        if let stored, let reply = self.answer(with: stored, to: plan, from: .memory, at: self.parts.clocks.wall()) {
            return reply
        }
        guard let place else { return self.degrade(plan, stale, FetchFailure(.overloaded)) }
        let opening = await place.relay.opening(for: place.reader, until: place.deadline(from: plan.deadline))
        if case .flowing = opening {
            return self.reply(insteadOf: place, stale, plan) ?? self.reply(streaming: place, to: plan, over: stale)
        }
        place.leave()
        let call = place.carriedCall(at: self.parts.clocks.now())
        let share = Share(wasShared: place.isShared, carriesCall: call != nil)
        var reply: Reply
        switch opening {
        case .flowing: preconditionFailure("a stream that flows was replied to")
        case .answered(let fetched): return self.reply(fetched, to: plan, over: stale, share)
        case .failed(let failure) where place.isShared && failure.isLeadersOwn(timeLeft: self.timeLeft(plan)):
            // What another caller may not do, or had no time for, says nothing of this one, whose own limits are asked.
            if share.carriesCall { await self.recordUnclaimed(plan, .failure(failure)) }
            return await self.fulfilStream(plan, stale, othersRefusals: othersRefusals + 1)
        case .failed(let failure) where failure.error == .cancelled: reply = .abandoned(plan.request.traceID)
        case .failed(let failure): return self.degrade(plan, stale, failure, share)
        case .left(.deadline): reply = self.degrade(plan, stale, FetchFailure(.timeout))
        case .left(.cancellation): reply = .abandoned(plan.request.traceID)
        }
        if let call { reply.carry(call, of: plan.flow) }
        return reply
    }

    /// Joins the stream of a key, unless it is of before a purge or a change that came before the request.
    private func join(
        _ key: CacheKey,
        _ generation: CallGeneration,
        _ plan: Plan,
        unless isStored: () -> Bool
    ) -> StreamFlights.Place? {
        self.parts.streams.join(
            key,
            generation,
            accepts: { self.accepts($0, generation, plan) },
            unless: isStored,
            production: { await self.produce(plan, $0) }
        )
    }

    /// An entry that has come into memory and answers the request.
    func freshEntry(of key: CacheKey, for plan: Plan) -> CacheEntry? {
        guard let entry = self.parts.memory.entry(for: key, at: self.parts.clocks.now()),
            case .fresh = Freshness(of: entry, in: plan.flow, at: self.parts.clocks.wall(), asking: plan.directives)
        else { return nil }
        return entry
    }

    /// Calls LangFlow for a stream and hands it to whoever reads.
    func produce(_ plan: Plan, _ relay: StreamRelay) async {
        do throws(FetchFailure) {
            let (clocks, limits) = (self.parts.clocks, self.parts.streams.limits)
            // How long the call waited for readers, and of that how long others were kept waiting by one.
            var (stalled, heldUp) = (Duration.zero, Duration.zero)
            let (call, microseconds) = try await self.guarded(
                plan,
                stall: { stalled },
                call: { start -> Result<StreamCall, FetchError> in
                    guard relay.beginCall(at: start) else { return .failure(.notBegun) }
                    return await self.callStream(
                        plan,
                        at: start,
                        opened: { relay.noteDegradation($0.degradation) }
                    ) { record in
                        relay.open()
                        let before = clocks.now()
                        let alone = max(.zero, limits.stallMax - stalled)
                        let together = min(alone, max(.zero, limits.laggardMax - heldUp))
                        let hasOthers = relay.readerCount > 1
                        let hasWaited = await relay.append(record) { isAlone in
                            before.advanced(by: isAlone ? alone : together)
                        }
                        guard hasWaited else { return }
                        let waited = before.duration(to: clocks.now())
                        stalled += waited
                        if hasOthers { heldUp += waited }
                    }
                }
            )
            switch call {
            case .answer(let called):
                let fetched = await self.keepWhole(called, plan, microseconds: microseconds)
                if !relay.settle(.answered(fetched)) { await self.recordUnclaimed(plan, .success(fetched)) }
            case .stream(let stream):
                let answer = relay.keptRecords.map { ($0 + [stream.last]).answer(text: stream.text) }
                if let answer, stream.outline.storability == .storable, stream.freshness.isStorable,
                    let entry = self.entry(
                        answer,
                        stream.outline.usage,
                        stream.freshness,
                        plan,
                        microseconds: microseconds
                    )
                {
                    self.keep(entry, plan, from: nil)
                }
                let end = StreamEnd(
                    usage: stream.outline.usage,
                    answer: answer ?? .text(stream.text),
                    microseconds: microseconds,
                    isDegraded: stream.freshness.degradation != nil
                )
                // There may have been nothing before its end.
                relay.open()
                if !relay.finish(stream.last, end) { await self.recordUnclaimed(plan, end) }
            }
        } catch {
            let end = StreamEnd(microseconds: error.microseconds ?? 0, failure: error, isCut: error.isCut)
            let isClaimed = relay.isOpen ? relay.finish(nil, end) : relay.settle(.failed(error))
            if !isClaimed { await self.recordUnclaimed(plan, end) }
        }
    }

    /// The response of a live or paced stream, recorded once it has ended.
    func response(streaming source: any RecordSource, _ reply: Reply, _ exchange: Exchange) -> Response {
        var response = exchange.response(reply)
        response.content = .stream(
            RecordedStream(
                source,
                view: reply.view ?? .run(EscapedSessionID("")),
                deadline: reply.deadline ?? .distantFuture,
                conclude: { conclusion, byteCount in
                    // It has left: whether the call is its own is settled.
                    let call = source.carriedCall(at: self.parts.clocks.now())
                    return await self.record(
                        reply.concluded(conclusion, call, exchange),
                        exchange,
                        responseBytes: byteCount
                    )
                }
            )
        )
        return response
    }

    private func record(_ reply: Reply, _ exchange: Exchange, responseBytes: Int) async -> Bool {
        var record = exchange.record(reply, at: self.parts.clocks.now())
        record.responseBytes = responseBytes
        switch self.parts.audit.durability {
        case .batched:
            self.parts.metrics.count(record, of: exchange.flow)
            self.parts.audit.record(consume record)
        case .strict:
            guard await self.parts.audit.recordCommitted(record) else {
                self.parts.metrics.countUnrecorded()
                return false
            }
            self.parts.metrics.count(record, of: exchange.flow)
        }
        return true
    }

    private func reply(streaming place: StreamFlights.Place, to plan: Plan, over stale: StaleEntry?) -> Reply {
        var reply = Reply(status: 200, content: .text(ByteBuffer()), outcome: place.isShared ? .collapsed : .miss)
        switch plan.caching {
        case .bypass(let reason):
            reply.outcome = .bypass
            reply.detail = reason
            reply.cacheStatus = .bypass(reason)
        case .use, .pinned:
            // Whether it is kept is not known before its end, and its head leaves first.
            reply.cacheStatus =
                if let reason = self.reasonToFetch(over: stale, plan) {
                    .refetched(reason, stored: false, isCollapsed: place.isShared)
                } else if place.isShared { .collapsed(stored: false) } else { .miss(stored: false) }
        }
        if let degradation = place.relay.degradation {
            (reply.outcome, reply.detail) = (.degraded, OutcomeDetail(degradation))
            reply.degradation = degradation
            reply.cacheStatus = .passedOn(degradation)
        }
        reply.source = place
        reply.view = plan.answered(reply.outcome).streamView(createdAt: plan.time)
        reply.deadline = place.deadline(from: plan.deadline)
        return reply
    }
}

extension Answer {
    /// The text of an answer the rest of which is not there.
    static func text(_ text: ByteBuffer) -> Answer {
        Answer(body: ByteBuffer(), sessionOffsets: [], text: text)
    }
}

extension FetchFailure {
    /// Whether bytes of the answer are missing, rather than LangFlow having told of its failure itself.
    fileprivate var isCut: Bool {
        if case .status = self.error { false } else { true }
    }
}

extension Reply {
    /// What is recorded of a streamed reply once it has ended.
    fileprivate func concluded(
        _ conclusion: RecordedStream.Conclusion,
        _ call: CallMade?,
        _ exchange: Exchange
    ) -> Reply {
        var reply = self
        switch conclusion {
        case .abandoned:
            reply.outcome = .abandoned
            reply.status = 499
        case .timedOut:
            reply.outcome = .failed
            (reply.errorKind, reply.errorDetail) = (.upstreamTimeout, .upstream(.timeout))
        case .ended(let end):
            reply.answer = end.answer
            if let failure = end.failure {
                reply.outcome = .failed
                reply.errorKind = failure.refusal(retryAfter: .zero).kind
                reply.errorDetail = (failure.error.cause?.fault).map { .upstream($0) }
            }
            // A replay has its own numbers.
            if case .collapsed = self.outcome, call == nil, end.failure == nil {
                reply.usage = end.usage
                reply.savedNanos = exchange.flow?.settings.price.nanos(for: end.usage) ?? 0
            }
        }
        // What another ambassador gave in LangFlow's place is a call, and costs nothing.
        let carried = self.degradation == nil ? call : call.map { CallMade(microseconds: $0.microseconds) }
        if let carried { reply.carry(carried, of: exchange.flow) }
        return reply
    }
}
