import NIOCore

/// One streamed call of LangFlow.
extension Ambassador {
    /// What a streamed call brought.
    enum StreamCall: Sendable {
        /// LangFlow gave a whole answer instead.
        case answer(Called)
        case stream(StreamedRun)
    }

    /// A stream that came to its end.
    struct StreamedRun: Sendable {
        /// The record that ends the stream, which nobody was given yet.
        let last: StreamRecord
        /// The plain answer within it, as LangFlow wrote it.
        let result: ByteBuffer
        let outline: LangFlowAnswer.Outline
        let lifetimeMax: Duration?

        var text: ByteBuffer { self.outline.copiedText }
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
                lifetimeMax: run.lifetimeMax
            )
            do throws(UpstreamError) {
                return try await self.judge(answer, plan, plan.session.scoped(to: plan.tenant))
            } catch {
                return .failure(FetchError(error))
            }
        }
    }

    /// Calls LangFlow for a stream and hands its records on, all but the last.
    func callStream(
        _ plan: Plan,
        at start: NIODeadline,
        record: (StreamRecord) async -> Void
    ) async -> Result<StreamCall, FetchError> {
        let session = plan.session.scoped(to: plan.tenant)
        do throws(UpstreamError) {
            switch try await self.parts.upstream.stream(await self.upstreamCall(plan, session, at: start)) {
            case .answer(let answer):
                return try await self.judge(answer, plan, session).map { .answer($0) }
            case .stream(let stream):
                self.parts.readiness.noteUpstreamCredential(isAccepted: true)
                return try await self.read(stream, plan, record: record).map { .stream($0) }
            }
        } catch {
            return .failure(FetchError(error))
        }
    }

    /// Reads a stream to its end, which the framing and an `end` event must both announce.
    private func read(
        _ stream: UpstreamStream,
        _ plan: Plan,
        record: (StreamRecord) async -> Void
    ) async throws(UpstreamError) -> Result<StreamedRun, FetchError> {
        let bytesMax = self.parts.streams.limits.streamBytesMax
        var splitter = RecordSplitter(recordBytesMax: bytesMax)
        var run = RunStream(session: plan.session.scoped(to: plan.tenant))
        var byteCount = 0
        var hasRecord = false
        var last: (record: StreamRecord, result: ByteBuffer)?
        while let bytes = try await stream.body.next() {
            byteCount += bytes.readableBytes
            guard byteCount <= bytesMax else { throw .invalid("the stream is over the size limit") }
            splitter.append(bytes)
            while let raw = try splitter.next() {
                switch try run.read(raw) {
                case .record(let piece):
                    // A stream that begins with its failure is an answer that failed: the caller gets an error, or a stored answer.
                    guard hasRecord || run.failure == nil else { continue }
                    hasRecord = true
                    await record(piece)
                case .end(let piece):
                    last = (piece, RunStream.result(in: raw))
                }
            }
        }
        guard !splitter.hasRest else { throw .connectionLost }
        if let last, let outline = run.outline {
            return .success(
                StreamedRun(last: last.record, result: last.result, outline: outline, lifetimeMax: stream.lifetimeMax)
            )
        }
        if let failure = run.failure { return .failure(.status(500, message: failure.message)) }
        throw .invalid("the stream ended without an end event")
    }
}
