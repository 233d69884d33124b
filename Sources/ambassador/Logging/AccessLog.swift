import AmbassadorCore
import NIOCore

/// One JSON line per request on standard output, written from the same records as the audit log.
///
/// Texts of inputs and answers never appear in it.
struct AccessLog: Sendable {
    let writer: LineWriter
    /// The share of requests that get their line, 0 to 1; failures and degraded answers always do.
    let sampleRate: Double

    /// Writes the lines of a batch.
    func write(_ records: [AuditRecord]) {
        var lines = ByteBuffer()
        var count = 0
        for record in records where self.isSampled(record) {
            Self.write(record, into: &lines)
            count += 1
        }
        if count > 0 { self.writer.write(lines, count: count) }
    }

    private func isSampled(_ record: AuditRecord) -> Bool {
        switch record.outcome {
        case .degraded, .failed: true
        case .hit, .stale, .miss, .collapsed, .bypass, .rejected, .refused, .abandoned, .refresh:
            // By the trace's id, so that replicas log the same requests.
            Double(record.traceID.low >> 11) < self.sampleRate * Double(UInt64(1) << 53)
        }
    }

    static func write(_ record: AuditRecord, into line: inout ByteBuffer) {
        line.writeStaticString(#"{"time":"#)
        JSONWriter.writeString(record.time.iso8601, into: &line)
        line.writeStaticString(#","level":"info","message":""#)
        line.writeStaticString(record.outcome == .refresh ? "call" : "request")
        line.writeStaticString(#"","trace_id":""#)
        record.traceID.write(into: &line)
        line.writeStaticString(#"","route":"#)
        JSONWriter.writeString(record.route.rawValue, into: &line)
        Self.write("tenant", record.tenant.description, into: &line)
        Self.write("flow", record.flow?.description, into: &line)
        Self.write("outcome", record.outcome.rawValue, into: &line)
        Self.write("detail", record.detail?.rawValue, into: &line)
        Self.write("error", record.errorKind?.rawValue, into: &line)
        Self.write("error_detail", record.errorDetail?.word, into: &line)
        Self.write("issuer", record.errorDetail?.issuer, into: &line)
        Self.write("status", record.status, into: &line)
        Self.write("duration_us", Int(record.totalMicroseconds), into: &line)
        Self.write("upstream_us", Int(record.upstreamMicroseconds), into: &line)
        Self.write("request_bytes", record.requestBytes, into: &line)
        Self.write("response_bytes", record.responseBytes, into: &line)
        if let age = record.ageSeconds { Self.write("age_s", age, into: &line) }
        if let count = record.count { Self.write("count", count, into: &line) }
        Self.write("client", record.clientAddress, into: &line)
        line.writeStaticString("}\n")
    }

    private static func write(_ name: StaticString, _ value: String?, into line: inout ByteBuffer) {
        guard let value else { return }
        Self.write(name: name, into: &line)
        JSONWriter.writeString(value, into: &line)
    }

    private static func write(_ name: StaticString, _ value: Int, into line: inout ByteBuffer) {
        Self.write(name: name, into: &line)
        line.writeString(String(value))
    }

    private static func write(name: StaticString, into line: inout ByteBuffer) {
        line.writeStaticString(",\"")
        line.writeStaticString(name)
        line.writeStaticString("\":")
    }
}
