import AmbassadorCore
import AmbassadorRedis

/// The one list of all settings, from which reading, checking, showing and documenting them follow.
enum SettingsTable {
    /// Everything that is not under a name of the operator's own; see ``maps``.
    static let top = SettingsBlock<AmbassadorConfiguration>(
        Self.process + Self.routes + Self.governance + Self.crossOrigin + Self.limits + Self.upstream
            + Self.upstreamTLS + Self.caching + Self.records
            + (Self.flowInherited + Self.flowFreshness).map { $0.lifted(to: "defaults", \.defaults) }
            + [
                Setting(
                    "unlisted_flows",
                    \.unlistedFlows,
                    .choice(),
                    "What happens to a call of a flow that is not under `flows`."
                )
            ]
    )

    /// What may stand under each name in `flows`.
    static let flow = SettingsBlock<FlowSettings>(
        [
            Setting(
                "target",
                optional: \.target,
                .flowName,
                "The LangFlow id or endpoint name that is run; the flow's own name where it is not set."
            ),
            Setting(
                "aliases",
                \.aliases,
                .flowNames,
                "Other names by which callers call the flow, where LangFlow does not say itself which those are."
            ),
        ] + Self.flowInherited + Self.flowFreshness
    )

    static let year: Duration = .seconds(366 * 86_400)

    private static let process: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "node",
            optional: \.node,
            .text(bytesMax: 128),
            "The replica's name in audit records; the host's where it is not set."
        ),
        Setting("threads", \.threads, .integer(0...1024), "Event loops; 0 means one a core."),
        Setting(
            "shutdown_grace",
            \.shutdownGrace,
            .duration(.zero ... .seconds(3600)),
            "How long requests under way may take to end after a stop signal."
        ),
        Setting(
            "listen.address",
            \.listen.address,
            .address,
            "Where applications connect; beyond this host only with an `auth.mode`."
        ),
        Setting(
            "listen.allowed_clients",
            \.listen.allowedClients,
            .addressRanges,
            "Where callers may connect from; `[]` is everywhere."
        ),
        Setting(
            "listen.hosts",
            \.listen.hosts,
            .hosts,
            "Names in `Host` that are served beside localhost and loopback addresses while `auth.mode` is none; others get 421."
        ),
        Setting(
            "listen.base_path",
            \.listen.basePaths,
            .basePaths,
            "Paths that may stand before every route, as `/lf/acme` does in `/lf/acme/api/v1/run/faq`."
        ),
        Setting(
            "listen.tls.certificate_file",
            optional: \.listen.tls.certificateFile,
            .path,
            "The certificate and its chain in PEM; setting it turns TLS on. Read again when it changes, unless it has expired."
        ),
        Setting(
            "listen.tls.private_key_file",
            optional: \.listen.tls.privateKeyFile,
            .path,
            "Its key in PEM; its owner alone may read the file, and of a file of root's its group too."
        ),
        Setting(
            "listen.tls.client_ca_file",
            optional: \.listen.tls.clientAuthorityFile,
            .path,
            "The authorities of callers' certificates in PEM; set, every caller needs one."
        ),
        Setting(
            "listen.tls.minimum_version",
            \.listen.tls.minimumVersion,
            .choice(),
            "The oldest version of TLS that is spoken."
        ),
        Setting(
            "admin.address",
            \.admin.address,
            .address,
            "Where metrics and the admin API are served: this host or a socket, or, with an `auth.mode` and `admin.tls`, any address."
        ),
        Setting(
            "admin.tls.certificate_file",
            optional: \.admin.tls.certificateFile,
            .path,
            "The admin listener's certificate and its chain in PEM; setting it turns TLS on there. Read again when it changes."
        ),
        Setting(
            "admin.tls.private_key_file",
            optional: \.admin.tls.privateKeyFile,
            .path,
            "Its key in PEM, as that of `listen.tls`."
        ),
        Setting(
            "probes.address",
            optional: \.probes.address,
            .address,
            "Where probes and `/metrics` are served to everybody, and nothing else, for a kubelet and Prometheus; any address."
        ),
        Setting(
            "tenants.trust_header",
            \.tenants.trustsHeader,
            .boolean,
            "Whether the tenant of callers whose credential names none is taken from the `X-Tenant-ID` header."
        ),
        Setting("log.level", \.log.level, .choice(), "The least severe message that is logged."),
        Setting("log.requests", \.log.requests, .choice(), "Which requests get a line in the log."),
        Setting(
            "log.sample_rate",
            \.log.sampleRate,
            .share,
            "The share of requests that `log.requests: sampled` logs; failures always are."
        ),
    ]

    private static let limits: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "limits.header_size",
            \.limits.headerBytesMax,
            .byteCount(1024...1 << 20),
            "The largest header block; more is a 431."
        ),
        Setting(
            "limits.field_size",
            \.limits.fieldBytesMax,
            .byteCount(256...1 << 20),
            "The largest header field; more is a 431."
        ),
        Setting("limits.fields", \.limits.fieldsMax, .integer(8...1000), "The most header fields; more is a 431."),
        Setting(
            "limits.target_size",
            \.limits.targetBytesMax,
            .byteCount(256...1 << 16),
            "The longest request target; more is a 414."
        ),
        Setting(
            "limits.body_size",
            \.limits.bodyBytesMax,
            .byteCount(1024...32 << 20),
            "The largest request body; more is a 413."
        ),
        Setting(
            "limits.connections",
            \.limits.connectionsMax,
            .integer(1...1_000_000),
            "The most connections of applications at once."
        ),
        Setting(
            "limits.idle_timeout",
            \.limits.idleTimeout,
            .duration(.seconds(1) ... .seconds(3600)),
            "How long a connection may wait for its next request."
        ),
        Setting(
            "limits.header_timeout",
            \.limits.headerTimeout,
            .duration(.milliseconds(100) ... .seconds(600)),
            "How long a request's head may take to arrive."
        ),
        Setting(
            "limits.body_timeout",
            \.limits.bodyTimeout,
            .duration(.milliseconds(100) ... .seconds(3600)),
            "How long a request's body may take to arrive."
        ),
        Setting(
            "limits.pipelining",
            \.limits.pipeliningMax,
            .integer(1...1000),
            "The most requests of one connection that wait for their answers."
        ),
        Setting(
            "limits.waiters_per_flight",
            \.limits.waitersPerFlightMax,
            .integer(1...1_000_000),
            "The most requests that wait for one identical call under way."
        ),
    ]

    private static let upstream: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "upstream.url",
            \.upstream.url,
            .upstreamURL,
            "Where LangFlow is; `LANGFLOW_URL` is used where it is not set."
        ),
        Setting(
            "upstream.api_key",
            optional: \.upstream.apiKey,
            .secret(bytes: 1...4096),
            "The key that LangFlow asks for; `LANGFLOW_API_KEY` is used where it is not set."
        ),
        Setting(
            "upstream.connect_timeout",
            \.upstream.connectTimeout,
            .duration(.milliseconds(10) ... .seconds(60)),
            "How long a connection to LangFlow may take to open."
        ),
        Setting(
            "upstream.concurrency",
            \.upstream.concurrencyMax,
            .concurrency(1...10_000),
            "The most calls of LangFlow at once; `auto` finds out how many it can do, from 4 to 256."
        ),
        Setting(
            "upstream.queue",
            \.upstream.queueMax,
            .integer(0...1_000_000),
            "The most calls that wait for one of those to end; more is a 503."
        ),
        Setting(
            "upstream.answer_size_max",
            \.upstream.answerBytesMax,
            .byteCount(1024...1 << 30),
            "The largest answer of LangFlow; more is a 502."
        ),
        Setting(
            "upstream.health_path",
            optional: \.upstream.healthPath,
            .urlPath,
            "What LangFlow is asked for, once a second at most, while something fails; null asks for nothing."
        ),
        Setting(
            "upstream.flow_names",
            \.upstream.flowNamesInterval,
            .duration(.zero ... .seconds(86_400)),
            "How often LangFlow is asked which ids and endpoint names listed flows have; `0s` means never."
        ),
        Setting(
            "upstream.breaker.window",
            \.upstream.breaker.window,
            .duration(.seconds(1) ... .seconds(3600)),
            "Over how much time a breaker judges: LangFlow's, and each flow's own."
        ),
        Setting(
            "upstream.breaker.minimum_calls",
            \.upstream.breaker.callsMin,
            .integer(1...1_000_000),
            "How many calls a breaker must have seen before it judges; so many failures in a row open it."
        ),
        Setting(
            "upstream.breaker.failure_rate",
            \.upstream.breaker.failureRateMax,
            .share,
            "The share of failed calls from which on a breaker opens."
        ),
        Setting(
            "upstream.breaker.slow_call_duration",
            \.upstream.breaker.slowCallDuration,
            .duration(.milliseconds(1) ... .seconds(3600)),
            "From when on a call counts as slow, for its flow's breaker."
        ),
        Setting(
            "upstream.breaker.slow_call_rate",
            \.upstream.breaker.slowCallRateMax,
            .share,
            "The share of slow calls from which on a flow's breaker opens."
        ),
        Setting(
            "upstream.breaker.open_time",
            \.upstream.breaker.openTime,
            .duration(.milliseconds(100) ... .seconds(3600)),
            "How long a flow's breaker stays open at first; it doubles with each failed probe. LangFlow's closes by its health."
        ),
        Setting(
            "upstream.breaker.open_time_max",
            \.upstream.breaker.openTimeMax,
            .duration(.milliseconds(100) ... .seconds(86_400)),
            "How long a flow's breaker stays open at most."
        ),
        Setting(
            "upstream.breaker.half_open_probes",
            \.upstream.breaker.halfOpenProbesMax,
            .integer(1...1000),
            "How many calls must succeed before a flow's breaker closes."
        ),
    ]

    private static let caching: [Setting<AmbassadorConfiguration>] = [
        Setting(
            "hot_cache.memory",
            \.hotCache.memoryBytesMax,
            .byteCount(1 << 20...1 << 40),
            "The most memory that answers may take."
        ),
        Setting(
            "hot_cache.entry_size_max",
            \.hotCache.entryBytesMax,
            .byteCount(1024...64 << 20),
            "The largest answer that is kept, in memory, Redis or the store."
        ),
        Setting(
            "hot_cache.redis",
            optional: \.hotCache.redis,
            .redisURL,
            "A Redis that shares answers among replicas; none where it is not set."
        ),
        Setting(
            "hot_cache.redis_deadline",
            \.hotCache.redisDeadline,
            .duration(.milliseconds(1) ... .seconds(5)),
            "How long Redis may take before it counts as a miss."
        ),
        Setting("hot_cache.prefix", \.hotCache.keySpace, .keySpace, "What the keys in Redis begin with."),
        Setting(
            "hot_cache.secret",
            optional: \.hotCache.secret,
            .secret(bytes: RedisConfiguration.secretBytesMin...4096),
            "The key that seals what is kept in Redis; the same in all replicas."
        ),
    ]

    private static let records: [Setting<AmbassadorConfiguration>] = [
        Setting("store.path", \.store.path, .path, "The SQLite file that keeps answers and audit records."),
        Setting(
            "store.size_max",
            \.store.bytesMax,
            .byteCount(16 << 20...1 << 44),
            "The most disk space that answers may take."
        ),
        Setting(
            "audit.durability",
            \.audit.durability,
            .choice(),
            "`strict`: an answer leaves after its record is on disk; `batched`: within 50 ms."
        ),
        Setting("audit.bodies", \.audit.bodies, .choice(), "Which texts the audit log keeps."),
        Setting(
            "audit.retention",
            \.audit.retention,
            .duration(.seconds(3600) ... .seconds(3660 * 86_400)),
            "How long audit records are kept."
        ),
        Setting(
            "audit.bodies_retention",
            \.audit.bodiesRetention,
            .duration(.seconds(3600) ... .seconds(3660 * 86_400)),
            "How long their texts are kept."
        ),
        Setting(
            "audit.records_max",
            \.audit.recordsMax,
            .integer(1000...1_000_000_000),
            "The most audit records that are kept."
        ),
        Setting(
            "audit.size_max",
            \.audit.textBytesMax,
            .byteCount(1 << 20...1 << 44),
            "The most disk space that the texts of audit records may take; the oldest texts go first, their records stay."
        ),
        Setting(
            "audit.refusals_max",
            \.audit.refusalsMax,
            .integer(100...1_000_000_000),
            "The most sums of refusals that are kept of callers who were not identified; they push out no other record."
        ),
        Setting(
            "audit.queue",
            \.audit.queueMax,
            .integer(16...10_000_000),
            "The most records that wait to be written."
        ),
        Setting(
            "audit.when_full",
            \.audit.whenFull,
            .choice(),
            "While no more records can wait: `refuse`: requests get a 503; `serve`: they are answered, and the gap is recorded later."
        ),
    ]
}
