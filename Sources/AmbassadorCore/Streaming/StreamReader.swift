import NIOCore

/// Reads one stream of LangFlow's from its first byte to its end.
struct StreamReader {
    private let session: UpstreamSessionID
    private let bytesMax: Int
    private var splitter: RecordSplitter
    private var run: RunStream
    private var byteCount = 0
    /// Whether a record was passed on.
    private var hasRecord = false
    private var last: (record: StreamRecord, result: ByteBuffer)?

    init(session: UpstreamSessionID, bytesMax: Int) {
        self.session = session
        self.bytesMax = bytesMax
        self.splitter = RecordSplitter(recordBytesMax: bytesMax)
        self.run = RunStream(session: session)
    }

    /// Waits for the next bytes; `nil` at the end.
    ///
    /// Behind the `end` event a failure is an end: the whole answer is there, and is not stored.
    mutating func nextBytes(of body: any UpstreamBody) async throws(UpstreamError) -> ByteBuffer? {
        do throws(UpstreamError) {
            return try await body.next()
        } catch {
            guard self.last != nil, !error.isCancelled else { throw error }
            self.run.noteUnusualFraming()
            return nil
        }
    }

    mutating func append(_ bytes: ByteBuffer) throws(UpstreamError) {
        self.byteCount += bytes.readableBytes
        guard self.byteCount <= self.bytesMax else {
            throw .invalid(UpstreamCause(.tooLarge, "a stream of over \(self.bytesMax) bytes"))
        }
        self.splitter.append(bytes)
    }

    /// Whether anything has come behind the `end` event: it belongs to no answer, and no more of it is read.
    var hasExcess: Bool { self.last != nil && self.splitter.hasRest }

    /// The next record to be passed on; `nil` where more bytes are needed.
    mutating func next() throws(UpstreamError) -> StreamRecord? {
        while self.last == nil, let raw = try self.splitter.next() {
            if let piece = self.take(raw) { return piece }
        }
        return nil
    }

    private mutating func take(_ raw: ByteBuffer) -> StreamRecord? {
        switch self.run.read(raw) {
        case .record(let piece):
            // A stream that begins with its failure is an answer that failed: the caller gets an error, or a stored answer.
            guard self.hasRecord || self.run.failure == nil else { return nil }
            self.hasRecord = true
            return piece
        case .end(let piece):
            self.last = (piece, RunStream.result(in: raw))
            return nil
        }
    }

    /// What the stream was, after its last byte.
    mutating func outcome(_ freshness: AnswerFreshness) throws(UpstreamError) -> Result<StreamedRun, FetchError> {
        if self.splitter.hasRest {
            self.run.noteUnusualFraming()
            // An `end` whose empty line is missing is whole where the framing says that nothing is missing; other records are passed on
            // before the end is known, so a part of one would be, too.
            if self.last == nil, case .end(let piece) = self.run.read(self.splitter.rest) {
                self.last = (piece, RunStream.result(in: self.splitter.rest))
            }
        }
        if let failure = self.run.failure, self.last == nil || !self.hasRecord {
            return .failure(.status(500, message: failure.message))
        }
        guard let last, let outline = self.run.outline else { throw .invalid(UpstreamCause(.incomplete)) }
        return .success(
            StreamedRun(
                last: last.record,
                result: last.result,
                text: Answer.marking(self.session, in: outline.copiedText),
                outline: outline,
                freshness: freshness
            )
        )
    }
}
