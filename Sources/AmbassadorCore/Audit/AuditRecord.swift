/// One request as the audit log keeps it.
///
/// What it has in common with others is read and changed as its own; a change gives it a subject of its own.
@dynamicMemberLookup
package struct AuditRecord: Sendable {
    package var subject: AuditSubject
    package var time: Timestamp
    package var traceID: TraceID
    package var outcome: Outcome
    package var detail: OutcomeDetail?
    package var errorKind: Refusal.Kind?
    /// The HTTP status that the caller saw; 499 where the caller left first.
    package var status: Int
    package var totalMicroseconds: Int64
    /// Zero where LangFlow was not called for this request.
    package var upstreamMicroseconds: Int64
    package var attempts: Int
    package var requestBytes: Int
    package var responseBytes: Int
    package var usage: Usage
    /// What the call cost, in billionths of the currency unit of `price`; zero for what came from a cache.
    package var costNanos: Int64
    /// What the call would have cost, had it not come from a cache.
    package var savedNanos: Int64
    /// The age of the answer in seconds; `nil` where it was made for this request.
    package var ageSeconds: Int?
    /// How many requests of callers who were not identified it stands for, itself among them; `nil` for a record of one request.
    package var count: Int?

    /// Makes a record of a subject that may be shared; allocates nothing.
    package init(
        of subject: AuditSubject,
        time: Timestamp,
        traceID: TraceID,
        outcome: Outcome,
        status: Int,
        detail: OutcomeDetail? = nil,
        errorKind: Refusal.Kind? = nil,
        totalMicroseconds: Int64 = 0,
        upstreamMicroseconds: Int64 = 0,
        attempts: Int = 0,
        requestBytes: Int = 0,
        responseBytes: Int = 0,
        usage: Usage = .unknown,
        costNanos: Int64 = 0,
        savedNanos: Int64 = 0,
        ageSeconds: Int? = nil
    ) {
        self.subject = subject
        self.time = time
        self.traceID = traceID
        self.outcome = outcome
        self.detail = detail
        self.errorKind = errorKind
        self.status = status
        self.totalMicroseconds = totalMicroseconds
        self.upstreamMicroseconds = upstreamMicroseconds
        self.attempts = attempts
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
        self.usage = usage
        self.costNanos = costNanos
        self.savedNanos = savedNanos
        self.ageSeconds = ageSeconds
    }

    package subscript<Value>(dynamicMember path: WritableKeyPath<AuditSubject.Fields, Value>) -> Value {
        get { self.subject.fields[keyPath: path] }
        set {
            var fields = self.subject.fields
            fields[keyPath: path] = newValue
            self.subject = AuditSubject(fields)
        }
    }
}
