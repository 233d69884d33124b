/// The name and the help text of a metric family.
///
/// All names of the product stand here and nowhere else.
package struct MetricName: Sendable {
    package let name: String
    package let help: String

    private init(_ name: String, _ help: String) {
        self.name = "ambassador_" + name
        self.help = help
    }

    package static let requests = MetricName("requests_total", "Requests answered, by flow, outcome and detail.")
    package static let requestDuration = MetricName(
        "request_duration_seconds",
        "Time from a request's first byte to its answer, by flow."
    )
    package static let sessionsOnce = MetricName(
        "sessions_once_ratio",
        "The share of the last hour's sessions that came once, by flow; 0 while fewer than a hundred are known."
    )
    package static let sessionsContinued = MetricName(
        "sessions_continued_total",
        "Requests in sessions whose first turn was answered without LangFlow, by flow."
    )
    package static let refusals = MetricName("refusals_total", "Requests that got an error, by kind.")
    package static let credentialsRejected = MetricName(
        "credentials_rejected_total",
        "Credentials that were not accepted, by fault."
    )
    package static let tokens = MetricName("tokens_total", "Tokens that were shown, by result.")
    package static let keySetReads = MetricName("key_set_reads_total", "Reads of issuers' key sets, by result.")
    package static let connections = MetricName("connections", "Open connections, by plane.")
    package static let connectionsRefused = MetricName(
        "connections_refused_total",
        "Connections closed at once, since the limit was reached, by plane."
    )
    package static let connectionsDenied = MetricName(
        "connections_denied_total",
        "Connections closed at once, since their address is not an allowed one, by plane."
    )
    package static let handshakesFailed = MetricName(
        "tls_handshakes_failed_total",
        "TLS connections closed without a handshake: refused, broken off or too slow, by plane."
    )
    package static let certificateDays = MetricName(
        "tls_certificate_days",
        "Days until a certificate in use ends, negative behind its end: the server's, and the last authority of callers'."
    )
    package static let acceptPauses = MetricName(
        "accept_pauses_total",
        "Times that no connection was accepted for a while, for want of descriptors or memory, by plane."
    )
    package static let upstreamCalls = MetricName("upstream_calls_total", "Calls to LangFlow, by flow and result.")
    package static let upstreamDuration = MetricName(
        "upstream_duration_seconds",
        "Time from the start of a call to LangFlow to the end of its answer, by flow."
    )
    package static let upstreamFailures = MetricName(
        "upstream_failures_total",
        "Calls to LangFlow that brought no answer of LangFlow's, by reason."
    )
    package static let upstreamShortages = MetricName(
        "upstream_shortages_total",
        "Calls to LangFlow that this host had no file descriptor, port or memory for."
    )
    package static let upstreamInFlight = MetricName("upstream_in_flight", "Calls to LangFlow that are under way.")
    package static let upstreamLimit = MetricName(
        "upstream_limit",
        "How many calls LangFlow may get at once: upstream.concurrency, or what was found out."
    )
    package static let upstreamQueueRefusals = MetricName(
        "upstream_queue_refusals_total",
        "Calls that got no place among those under way, by reason: queue_full, timed_out, cancelled."
    )
    package static let upstreamQueued = MetricName("upstream_queued", "Requests that wait for a free call to LangFlow.")
    package static let upstreamHealthProbes = MetricName(
        "upstream_health_probes_total",
        "Questions for LangFlow's health, which are asked while something fails, by result."
    )
    package static let breakerOpen = MetricName(
        "breaker_open",
        "Whether a circuit breaker is open (1), half open (0.5) or closed (0)."
    )
    package static let costNanos = MetricName(
        "cost_nanos_total",
        "What calls to LangFlow cost, in billionths, by flow."
    )
    package static let savedNanos = MetricName(
        "saved_nanos_total",
        "What answers without a call to LangFlow saved, in billionths, by flow."
    )
    package static let memoryEntries = MetricName("memory_cache_entries", "Entries in the memory cache.")
    package static let memoryBytes = MetricName("memory_cache_bytes", "Bytes of the memory cache, overhead included.")
    package static let memoryEvictions = MetricName(
        "memory_cache_evictions_total",
        "Entries evicted from memory for room."
    )
    package static let redisCommands = MetricName("redis_commands_total", "Commands to Redis, by command and result.")
    package static let redisConnected = MetricName("redis_connected", "Whether the connection to Redis is up.")
    package static let redisInvalid = MetricName("redis_invalid_values_total", "Values in Redis that did not verify.")
    package static let redisDropped = MetricName(
        "redis_dropped_total",
        "Commands not sent, since Redis was away or slow."
    )
    package static let storeReads = MetricName("store_reads_total", "Look-ups in the store, by result.")
    package static let storeWrites = MetricName("store_writes_total", "Entries written to the store, by result.")
    package static let storeInvalid = MetricName(
        "store_invalid_entries_total",
        "Entries of the store whose body did not match its checksum."
    )
    package static let storePruned = MetricName("store_pruned_total", "Entries removed from the store by retention.")
    package static let storeBytes = MetricName("store_bytes", "Size of the SQLite file in bytes.")
    package static let storeLogBytes = MetricName(
        "store_wal_bytes",
        "Size of the SQLite file's write-ahead log in bytes; it grows while somebody reads in one go."
    )
    package static let storeFilesLost = MetricName(
        "store_files_lost",
        "Whether the SQLite file, its folder or a file beside it was removed or replaced (1)."
    )
    package static let auditRecords = MetricName("audit_records_total", "Audit records, by result.")
    package static let auditQueued = MetricName("audit_queued", "Audit records that wait to be committed.")
    package static let auditPruned = MetricName("audit_pruned_total", "Audit records removed by retention.")
    package static let auditCommitDuration = MetricName("audit_commit_duration_seconds", "Time of a group commit.")
    package static let clockJumps = MetricName(
        "clock_jumps_total",
        "Jumps of the wall clock by over a minute beyond what passed."
    )
    package static let deletionsHeld = MetricName(
        "deletions_held",
        "Whether deletions by age wait until the clock is confirmed (1) or not (0)."
    )
    package static let accessLogDropped = MetricName(
        "access_log_dropped_total",
        "Lines of the log not written, since their reader was too slow."
    )
    package static let limitRefusals = MetricName("limit_refusals_total", "Requests refused by a rate limit, by limit.")
    package static let limitBuckets = MetricName("limit_buckets", "Subjects of a rate limit that have a bucket.")
    package static let limitOverflows = MetricName(
        "limit_overflows_total",
        "Decisions of a rate limit about subjects that share a bucket for want of room."
    )
    package static let limitAlone = MetricName(
        "limit_alone_total",
        "Decisions of a shared rate limit made without the other replicas, since Redis was away or slow."
    )
    package static let limitLeases = MetricName(
        "limit_leases_total",
        "Requests for tokens of a shared rate limit, by limit and result."
    )
    package static let budgetRefusals = MetricName(
        "budget_refusals_total",
        "Calls to LangFlow that a daily budget did not allow, by what was exhausted."
    )
}
