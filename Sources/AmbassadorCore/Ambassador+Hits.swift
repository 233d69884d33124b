import NIOCore

/// The short way to a hit: of a request that came before in the same bytes only what may have changed is looked at.
///
/// It answers what the way of all requests would answer, and is taken for nothing else: wherever it cannot go on, nothing has
/// happened, and the request goes the other way.
extension Ambassador {
    package func hit(_ request: RepeatedRequest, in shortcuts: Shortcuts) -> Decision? {
        // Both only grow: where either has, so has the sum.
        shortcuts.forget(changedUntil: self.parts.purges.sequence &+ self.parts.flows.epoch)
        guard let known = shortcuts.shortcut(for: request) else { return nil }
        let (now, time) = (self.parts.clocks.now(), self.parts.clocks.wall())
        guard known.standing.holds(at: time, epoch: self.parts.access.epoch),
            self.parts.curation.mark(for: known.key) == nil,
            let entry = self.entry(of: known, at: now, time),
            entry.answer.form == .document, !known.head.wantsText || !entry.answer.hasSessionInText,
            case .fresh(let ttl) = Freshness(of: entry, in: known.flow, at: time, asking: known.directives)
        else { return nil }
        var limit: LimitState?
        guard self.parts.limiter.takeTokens(of: known.buckets, at: now, tightest: &limit) else { return nil }
        guard self.parts.audit.reserve() else {
            self.parts.limiter.giveBack(known.buckets, at: now)
            return nil
        }
        let response = Response(
            status: 200,
            traceID: request.traceID ?? .random(),
            content: known.content(of: entry),
            cacheStatus: .hit(ttl: ttl, .memory),
            ageSeconds: entry.ageSeconds(at: time),
            limit: limit
        )
        let record = known.record(of: response, with: entry, to: request, at: time, now)
        return self.conclude(record, of: known.flow, response)
    }

    private func entry(of known: Shortcut, at now: NIODeadline, _ time: Timestamp) -> CacheEntry? {
        known.flow.believeOutdated(at: time)
        return self.parts.memory.entry(for: known.key, at: now, hint: &known.place)
    }

    private func conclude(_ record: consuming AuditRecord, of flow: Flow, _ response: Response) -> Decision {
        switch self.parts.audit.durability {
        case .batched:
            flow.metrics.count(record)
            self.parts.audit.record(record)
            return .answered(response)
        case .strict:
            let held = HeldAnswer(recording: record, in: self.parts.audit) { record, isRecorded in
                guard isRecorded else { return self.unrecordable(record.traceID, .problem, response.limit) }
                flow.metrics.count(record)
                return response
            }
            return .committing(held)
        }
    }

    /// Remembers a request that was a hit in memory, so that the next one takes the short way.
    func remember(_ plan: Plan, of caller: Caller, epoch: UInt64, in shortcuts: Shortcuts) {
        guard case .use(let key, _) = plan.caching, plan.form == .document, Shortcuts.takes(plan.request) else {
            return
        }
        // A view of the answer, made again for each caller, is no short way.
        guard plan.request.head.route.answersAsLangFlowRuns else { return }
        shortcuts.insert(for: plan.request, epoch: epoch, at: plan.time) {
            let buckets = self.parts.limiter.buckets(of: plan.subject, at: .request)
            let standing = shortcuts.standing(of: plan.request.head, by: caller, epoch: epoch, at: plan.time)
            return Shortcut(plan, key, buckets: buckets, standing: standing)
        }
    }
}

extension Shortcut {
    fileprivate func content(of entry: CacheEntry) -> Response.Content {
        if self.head.wantsText { return .text(entry.answer.text) }
        return .answer(entry.answer, session: self.session ?? SessionID.unseen().escaped)
    }

    fileprivate func record(
        of response: Response,
        with entry: CacheEntry,
        to request: RepeatedRequest,
        at time: Timestamp,
        _ now: NIODeadline
    ) -> AuditRecord {
        AuditRecord(
            of: self.subject(with: entry),
            time: time,
            traceID: response.traceID,
            outcome: .hit,
            status: response.status,
            detail: .memory,
            totalMicroseconds: (now - request.receivedAt).nanoseconds / 1000,
            requestBytes: request.body.count,
            responseBytes: response.content.byteCount,
            usage: entry.usage,
            savedNanos: self.flow.settings.price.nanos(for: entry.usage),
            ageSeconds: response.ageSeconds
        )
    }
}
