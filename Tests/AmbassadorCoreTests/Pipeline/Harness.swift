import AmbassadorCore
import AmbassadorTesting
import Logging
import NIOCore

/// An ambassador on fakes: what a pipeline test sets up, asks and looks into.
struct Harness {
    let clock = MockClock()
    let upstream: ScriptedUpstream
    let audit: RecordingAuditLog
    let shared: FakeResponseCache?
    let store: FakeResponseCache
    let ambassador: Ambassador
    let registry = MetricRegistry()
    let readiness = Readiness()
    let health: UpstreamHealth

    init(
        flows: [String: FlowSettings] = [:],
        unlisted: FlowRegistry.UnlistedFlows = .deny,
        audit: RecordingAuditLog = RecordingAuditLog(),
        upstream: ScriptedUpstream = ScriptedUpstream(),
        shared: FakeResponseCache? = nil,
        store: FakeResponseCache = FakeResponseCache(),
        trustsTenantHeader: Bool = true,
        authenticator: any Authenticator = AnybodyAuthenticator(),
        limits: [RateLimit] = [],
        budgets: [TenantID: Budget] = [:],
        failures: RateLimit? = nil,
        breaker: CircuitBreakerSettings = CircuitBreakerSettings(),
        entryBytesMax: Int = 1 << 20,
        streams: StreamLimits = StreamLimits(),
        curation: CurationTable = CurationTable(),
        curationStore: (any CurationStore)? = nil,
        flowSource: (any FlowSource)? = nil,
        healthSource: (any HealthSource)? = nil,
        log: CollectedLog = CollectedLog()
    ) {
        self.upstream = upstream
        self.audit = audit
        self.shared = shared
        self.store = store
        let (registry, clock) = (self.registry, self.clock)
        let clocks = clock.clocks
        let upstreamBreaker = CircuitBreaker(settings: breaker)
        let registryOfFlows = FlowRegistry(
            listed: Self.named(flows),
            unlisted: unlisted,
            breaker: breaker,
            metrics: registry
        )
        self.health = Self.health(of: upstreamBreaker, healthSource, clock, registry, log)
        self.ambassador = Ambassador(
            AmbassadorParts(
                flows: registryOfFlows,
                access: AccessControl(
                    authenticator: authenticator,
                    tenants: TenantPolicy(trustsHeader: trustsTenantHeader),
                    failures: failures.map { RateLimiter([$0], metrics: registry, clocks: clocks) },
                    metrics: registry
                ),
                limiter: RateLimiter(limits, metrics: registry, clocks: clocks),
                budgets: BudgetLedger(budgets, metrics: registry),
                memory: MemoryCache(bytesMax: 16 << 20, metrics: registry),
                shared: shared,
                store: store,
                audit: audit,
                upstream: upstream,
                breaker: upstreamBreaker,
                health: self.health,
                limit: ConcurrencyLimit(),
                flights: Flights(sleeper: self.clock.sleeper),
                streams: StreamFlights(limits: streams, sleeper: self.clock.sleeper),
                purges: PurgeLedger(clocks: clocks),
                metrics: AmbassadorMetrics(registry: registry),
                readiness: self.readiness,
                clocks: self.clock.clocks,
                sleeper: self.clock.sleeper,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                entryBytesMax: entryBytesMax,
                curation: curation,
                curationStore: curationStore
            ),
            names: flowSource.map { Self.names(of: registryOfFlows, from: $0, clock: clock) }
        )
    }

    private static func health(
        of breaker: CircuitBreaker,
        _ source: (any HealthSource)?,
        _ clock: MockClock,
        _ registry: MetricRegistry,
        _ log: CollectedLog
    ) -> UpstreamHealth {
        UpstreamHealth(
            breaker: breaker,
            source: source,
            upstream: "http://langflow.test",
            metrics: registry,
            clocks: clock.clocks,
            sleeper: clock.sleeper,
            logger: log.logger
        )
    }

    private static func named(_ flows: [String: FlowSettings]) -> [FlowName: FlowSettings] {
        flows.reduce(into: [:]) { named, flow in
            if let name = FlowName(flow.key) { named[name] = flow.value }
        }
    }

    private static func names(
        of flows: FlowRegistry,
        from source: any FlowSource,
        clock: MockClock
    ) -> FlowNameWatcher {
        FlowNameWatcher(
            flows,
            source: source,
            notes: FakeNotes(),
            interval: .seconds(60),
            clocks: clock.clocks,
            sleeper: clock.sleeper,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// How many calls to LangFlow have failed for a reason, as `/metrics` says.
    func failures(_ fault: UpstreamFault) -> Int? {
        let line = "ambassador_upstream_failures_total{reason=\"\(fault.rawValue)\"} "
        let text = String(buffer: PrometheusText.render(self.registry))
        return text.split(separator: "\n").first { $0.hasPrefix(line) }.flatMap { Int($0.dropFirst(line.count)) }
    }

    /// Asks a flow by `/run-flow` and waits for the answer.
    func ask(
        _ input: String,
        of flow: String = "faq",
        tenant: String? = nil,
        session: String? = nil,
        wantsText: Bool = false,
        wantsStream: Bool = false,
        cacheControl: String? = nil,
        credential: Credential = .none
    ) async -> Response {
        var body = ByteBuffer()
        body.writeString(#"{"flow_id":"#)
        JSONWriter.writeString(flow, into: &body)
        body.writeString(#","input":"#)
        JSONWriter.writeString(input, into: &body)
        if let session {
            body.writeString(#","session_id":"#)
            JSONWriter.writeString(session, into: &body)
        }
        if wantsStream { body.writeString(#","stream":true"#) }
        body.writeString("}")
        return await self.send(
            body,
            tenant: tenant,
            wantsText: wantsText,
            cacheControl: cacheControl,
            credential: credential
        )
    }

    /// Sends a body to `/run-flow`, or to another route, and waits for the answer.
    func send(
        _ body: ByteBuffer,
        to route: Route = .runFlow,
        tenant: String? = nil,
        wantsText: Bool = false,
        variables: [GlobalVariable] = [],
        cacheControl: String? = nil,
        credential: Credential = .none
    ) async -> Response {
        let head = CallHead(
            route: route,
            tenantHeader: tenant,
            wantsText: wantsText,
            globalVariables: variables,
            directives: cacheControl.flatMap { CacheDirectives(cacheControl: [$0], pragma: []) },
            credential: credential
        )
        let request = Request(
            head: head,
            traceID: .random(),
            body: body,
            clientAddress: "192.0.2.1",
            receivedAt: self.clock.now
        )
        return await self.ambassador.decide(request).response
    }
}

extension Response {
    var text: String { String(buffer: self.content.bytes) }

    /// The value of `Cache-Status`.
    var cacheStatusText: String? {
        guard let status = self.cacheStatus else { return nil }
        var buffer = ByteBuffer()
        status.write(into: &buffer)
        return String(buffer: buffer)
    }
}

extension FlowSettings {
    static func cached(
        ttl: Duration = .seconds(60),
        staleWhileRevalidate: Duration = .zero,
        staleIfError: Duration = .zero,
        change: (inout FlowSettings) -> Void = { _ in }
    ) -> FlowSettings {
        var settings = FlowSettings()
        settings.ttl = ttl
        settings.staleWhileRevalidate = staleWhileRevalidate
        settings.staleIfError = staleIfError
        settings.session = .ignore
        change(&settings)
        return settings
    }
}
