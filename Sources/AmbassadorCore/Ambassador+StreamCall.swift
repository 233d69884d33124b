import NIOCore

/// One streamed call of LangFlow.
extension Ambassador {
    /// What a streamed call brought.
    enum StreamCall: Sendable {
        /// LangFlow gave a whole answer instead.
        case answer(Called)
        case stream(StreamedRun)
    }

    /// Calls LangFlow for a stream of which the whole answer alone is wanted: if the caller leaves, LangFlow stops.
    func callFolded(_ plan: Plan, at start: NIODeadline) async -> Result<Called, FetchError> {
        switch await self.callStream(plan, at: start, record: { _ in }) {
        case .failure(let error): return .failure(error)
        case .success(.answer(let called)): return .success(called)
        case .success(.stream(let run)):
            let answer = UpstreamAnswer(
                status: 200,
                contentType: "application/json",
                body: run.result,
                freshness: run.freshness
            )
            do throws(UpstreamError) {
                return try await self.judge(answer, plan, plan.session.scoped(to: plan.tenant))
            } catch {
                return .failure(FetchError(error))
            }
        }
    }

    /// Calls LangFlow for a stream and hands its records on, all but the last.
    ///
    /// `opened` is told what the answer's head says, before the first record.
    func callStream(
        _ plan: Plan,
        at start: NIODeadline,
        opened: (AnswerFreshness) -> Void = { _ in },
        record: (StreamRecord) async -> Void
    ) async -> Result<StreamCall, FetchError> {
        let session = plan.session.scoped(to: plan.tenant)
        do throws(UpstreamError) {
            switch try await self.parts.upstream.stream(await self.upstreamCall(plan, session, at: start)) {
            case .answer(let answer):
                return try await self.judge(answer, plan, session).map { .answer($0) }
            case .stream(let stream):
                self.parts.readiness.noteUpstreamCredential(isAccepted: true)
                opened(stream.freshness)
                return try await self.read(stream, plan, record: record).map { .stream($0) }
            }
        } catch {
            return .failure(FetchError(error))
        }
    }

    /// Reads a stream up to its `end` event; only where the framing announces the same end nothing else, it may be stored.
    private func read(
        _ stream: UpstreamStream,
        _ plan: Plan,
        record: (StreamRecord) async -> Void
    ) async throws(UpstreamError) -> Result<StreamedRun, FetchError> {
        var reader = StreamReader(
            session: plan.session.scoped(to: plan.tenant),
            bytesMax: self.parts.streams.limits.streamBytesMax
        )
        while let bytes = try await reader.nextBytes(of: stream.body) {
            try reader.append(bytes)
            while let piece = try reader.next() { await record(piece) }
            if reader.hasExcess { break }
        }
        return try reader.outcome(stream.freshness)
    }
}
