import AmbassadorAdmin
import AmbassadorCore
import AmbassadorHTTP
import AmbassadorRedis
import AmbassadorSQLite
import Logging
import NIOCore

/// What the operator set, in the words of the module that it is for.
extension AmbassadorConfiguration {
    /// What an entry in Redis has around its texts, generously.
    private static let envelopeBytesMax = 64 << 10
    /// A call ends within milliseconds of its time-out, also where the machine is busy.
    private static let leaderGrace = Duration.seconds(1)

    var serverConfiguration: HTTPServerConfiguration {
        var server = HTTPServerConfiguration()
        server.address = self.listen.address
        server.hosts = self.dataHosts
        server.allowedClients = self.listen.allowedClients
        server.tls = self.tlsSettings
        server.takesShortcuts = self.takesShortcuts
        server.routes = .calls(RouteTable(basePaths: self.listen.basePaths))
        server.responses = self.routes.responses
        server.takesChatCompletions = self.routes.chatCompletions
        server.crossOrigin = CrossOriginPolicy(
            origins: self.cors.origins,
            headers: self.cors.headers,
            maxAgeSeconds: Int(self.cors.maxAge.milliseconds / 1000)
        )
        server.headerBlockBytesMax = self.limits.headerBytesMax
        server.headerFieldBytesMax = self.limits.fieldBytesMax
        server.headerFieldsMax = self.limits.fieldsMax
        server.targetBytesMax = self.limits.targetBytesMax
        server.bodyBytesMax = self.limits.bodyBytesMax
        server.connectionsMax = self.limits.connectionsMax
        server.pipeliningDepthMax = self.limits.pipeliningMax
        server.idleTimeout = TimeAmount(self.limits.idleTimeout)
        server.headerTimeout = TimeAmount(self.limits.headerTimeout)
        server.bodyTimeout = TimeAmount(self.limits.bodyTimeout)
        server.drainTimeout = TimeAmount(self.shutdownGrace)
        return server
    }

    /// The admin plane has the data plane's time-outs and limits, but for what its few callers need.
    var adminServerConfiguration: HTTPServerConfiguration {
        var server = self.serverConfiguration
        server.name = .admin
        server.address = self.admin.address
        (server.allowedClients, server.tls, server.crossOrigin) = ([], self.adminTLSSettings, nil)
        server.hosts = self.adminHosts
        server.takesShortcuts = false
        server.bodyBytesMax = AdminPlane.bodyBytesMax
        // A purge that is under way may end; the rest of a stop does not wait for a scraper.
        server.drainTimeout = .seconds(5)
        return server
    }

    /// `nil` where there is no listener for probes alone.
    var probeServerConfiguration: HTTPServerConfiguration? {
        guard let address = self.probes.address else { return nil }
        var server = self.adminServerConfiguration
        server.name = .probes
        server.address = address
        (server.hosts, server.tls) = (nil, nil)
        server.bodyBytesMax = 1024
        return server
    }

    /// Under which names the admin plane is asked on this host, where a page of a browser may ask it without a key; from other hosts, which
    /// all show a credential, under any.
    private var adminHosts: KnownHosts? {
        guard case .tcp(let host, _) = self.admin.address, self.admin.address.isLocal else { return nil }
        return KnownHosts([host], remedy: "Ask under localhost or 127.0.0.1.")
    }

    /// Under which names the data plane is asked; where callers show who they are, and over a socket, which no page can reach, under any.
    private var dataHosts: KnownHosts? {
        guard case .tcp(let host, _) = self.listen.address, self.auth.mode == .none else { return nil }
        return KnownHosts(
            self.listen.hosts + [host],
            remedy: "While auth.mode is none, ask under localhost or 127.0.0.1, or list the name in listen.hosts."
        )
    }

    /// `nil` unless certificate and key are both set.
    var tlsSettings: TLSSettings? {
        let tls = self.listen.tls
        guard let certificate = tls.certificateFile, let key = tls.privateKeyFile else { return nil }
        var settings = TLSSettings(
            certificateFile: certificate,
            privateKeyFile: key,
            clientAuthorityFile: tls.clientAuthorityFile
        )
        settings.minimumVersion = tls.minimumVersion
        return settings
    }

    /// `nil` unless certificate and key are both set.
    var adminTLSSettings: TLSSettings? {
        guard let certificate = self.admin.tls.certificateFile, let key = self.admin.tls.privateKeyFile else {
            return nil
        }
        return TLSSettings(certificateFile: certificate, privateKeyFile: key, clientAuthorityFile: nil)
    }

    var upstreamTLSSettings: ClientTLSSettings {
        var settings = ClientTLSSettings()
        if let authorityFile = self.upstream.tls.authorityFile { settings.authorityFile = authorityFile }
        settings.certificateFile = self.upstream.tls.certificateFile
        settings.privateKeyFile = self.upstream.tls.privateKeyFile
        settings.serverName = self.upstream.tls.serverName
        return settings
    }

    var upstreamConfiguration: UpstreamConfiguration {
        get throws(InvalidValue) {
            var upstream = try UpstreamConfiguration(url: self.upstream.url, apiKey: self.upstream.apiKey)
            if self.upstream.url.isTLS {
                do throws(CertificateError) {
                    upstream.tls = try ClientTLS(self.upstreamTLSSettings)
                } catch {
                    throw InvalidValue("of upstream.tls cannot be used: \(error)")
                }
            }
            upstream.connectTimeout = TimeAmount(self.upstream.connectTimeout)
            upstream.answerBytesMax = self.upstream.answerBytesMax
            upstream.idleConnectionsMax = self.upstream.concurrencyMax ?? ConcurrencyLimit.autoMax
            return upstream
        }
    }

    /// `nil` where no Redis is configured.
    var redisConfiguration: RedisConfiguration? {
        self.hotCache.redis.map { address in
            var redis = RedisConfiguration(address: address)
            redis.keySpace = self.hotCache.keySpace
            redis.secret = self.hotCache.secret
            redis.commandTimeout = self.hotCache.redisDeadline
            // One keeps the order of all commands: a purge comes after every insertion before it.
            redis.connections = 1
            redis.looksUpOnEveryLoop = true
            // An entry of the largest size with its envelope, and several of them at once.
            redis.valueBytesMax = max(redis.valueBytesMax, self.hotCache.entryBytesMax + Self.envelopeBytesMax)
            redis.commandBytesMax = max(redis.commandBytesMax, 4 * redis.valueBytesMax)
            return redis
        }
    }

    /// The cache that replicas share, not yet connected; `nil` where no Redis is configured.
    func redis(
        _ group: any EventLoopGroup,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) throws -> RedisResponseCache? {
        try self.redisConfiguration.map {
            try RedisResponseCache.make($0, group: group, metrics: registry, clocks: clocks, logger: logger)
        }
    }

    var sqliteConfiguration: SQLiteConfiguration {
        var sqlite = SQLiteConfiguration(path: self.store.path)
        sqlite.auditDurability = self.audit.durability
        sqlite.auditBodies = self.audit.bodies
        sqlite.auditQueueCapacity = self.audit.queueMax
        sqlite.auditWhenFull = self.audit.whenFull
        sqlite.auditRetention = self.audit.retention
        sqlite.auditBodiesRetention = self.audit.bodiesRetention
        sqlite.auditRecordsMax = self.audit.recordsMax
        sqlite.auditTextBytesMax = self.audit.textBytesMax
        sqlite.auditRefusalsMax = self.audit.refusalsMax
        sqlite.storeBytesMax = self.store.bytesMax
        sqlite.nodeName = self.node
        return sqlite
    }

    /// The open SQLite file; see ``SQLiteDatabase/open(_:metrics:clocks:logger:onCommitted:)``.
    func database(
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger,
        onCommitted: (@Sendable ([AuditRecord]) -> Void)?
    ) throws(SQLiteError) -> SQLiteDatabase {
        try SQLiteDatabase.open(
            self.sqliteConfiguration,
            metrics: registry,
            clocks: clocks,
            logger: logger,
            onCommitted: onCommitted
        )
    }

    var breakerSettings: CircuitBreakerSettings {
        let breaker = self.upstream.breaker
        var settings = CircuitBreakerSettings()
        settings.window = breaker.window
        settings.minimumCalls = breaker.callsMin
        settings.consecutiveFailures = breaker.callsMin
        let timeoutMax = self.flows.values.map(\.timeout).reduce(self.defaults.timeout, max)
        settings.probeTimeout = timeoutMax + .seconds(5)
        settings.failureRate = breaker.failureRateMax
        settings.slowCallDuration = breaker.slowCallDuration
        settings.slowCallRate = breaker.slowCallRateMax
        settings.openTime = breaker.openTime
        settings.openTimeMax = breaker.openTimeMax
        settings.halfOpenProbes = breaker.halfOpenProbesMax
        return settings
    }

    /// LangFlow's own breaker: a slow flow, like one that times out, speaks against itself alone.
    var upstreamBreakerSettings: CircuitBreakerSettings {
        var settings = self.breakerSettings
        settings.slowCallDuration = nil
        return settings
    }

    /// What asks LangFlow for its health; `nil` where it is not asked.
    func healthSource(_ group: any EventLoopGroup) throws -> HTTPHealthSource? {
        try self.upstream.healthPath.map {
            HTTPHealthSource(configuration: try self.upstreamConfiguration, path: $0, group: group)
        }
    }

    var streamLimits: StreamLimits {
        var limits = StreamLimits()
        limits.streamBytesMax = self.upstream.answerBytesMax
        limits.keptBytesMax = self.hotCache.entryBytesMax
        limits.readersMax = self.limits.waitersPerFlightMax
        return limits
    }

    /// What keeps the names of listed flows in step with LangFlow.
    func flowNames(_ parts: AmbassadorParts, _ source: HTTPFlowSource, _ database: SQLiteDatabase) -> FlowNameWatcher {
        FlowNameWatcher(
            parts.flows,
            source: source,
            notes: database.notes,
            interval: self.upstream.flowNamesInterval,
            clocks: parts.clocks,
            logger: parts.logger
        )
    }

    /// The parts of the pipeline.
    func parts(
        _ database: SQLiteDatabase,
        _ redis: RedisResponseCache?,
        _ feed: RedisReplicaFeed?,
        _ upstream: HTTPUpstream,
        _ health: HTTPHealthSource?,
        _ group: any EventLoopGroup,
        _ governance: Governance,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) async throws -> AmbassadorParts {
        // Served without them, what an operator has forbidden would be served again.
        guard let marks = await database.curation.marks() else {
            throw InvalidValue("the pinned answers and tombstones in the store cannot be read")
        }
        let curation = CurationTable(marks.marks)
        let readiness = Readiness()
        readiness.add("curation") { Self.complaint(of: curation, lost: marks.lost) }
        let sleeper = Sleeper.alarms(on: group)
        let breaker = CircuitBreaker(settings: self.upstreamBreakerSettings)
        return AmbassadorParts(
            flows: FlowRegistry(
                listed: self.flows,
                unlisted: self.unlistedFlows == .allow ? .allow(self.defaults) : .deny,
                breaker: self.breakerSettings,
                metrics: registry
            ),
            access: governance.access,
            limiter: governance.limiter,
            budgets: governance.budgets,
            memory: MemoryCache(
                bytesMax: self.hotCache.memoryBytesMax,
                entryBytesMax: self.hotCache.entryBytesMax,
                metrics: registry
            ),
            shared: redis,
            store: database.store,
            audit: database.auditLog,
            upstream: upstream,
            breaker: breaker,
            health: self.upstreamHealth(breaker, health, registry, clocks, sleeper, logger),
            limit: ConcurrencyLimit(
                limit: self.upstream.concurrencyMax,
                queueMax: self.upstream.queueMax,
                sleeper: sleeper,
                now: clocks.now,
                metrics: registry
            ),
            flights: self.flights(sleeper),
            streams: StreamFlights(limits: self.streamLimits, leaderGrace: Self.leaderGrace, sleeper: sleeper),
            purges: PurgeLedger(clocks: clocks),
            metrics: AmbassadorMetrics(registry: registry),
            readiness: readiness,
            clocks: clocks,
            sleeper: sleeper,
            logger: logger,
            entryBytesMax: self.hotCache.entryBytesMax,
            replicas: feed,
            curation: curation,
            curationStore: database.curation
        )
    }

    private func flights(_ sleeper: Sleeper) -> Flights {
        Flights(waitersMax: self.limits.waitersPerFlightMax, leaderGrace: Self.leaderGrace, sleeper: sleeper)
    }

    private func upstreamHealth(
        _ breaker: CircuitBreaker,
        _ source: HTTPHealthSource?,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ sleeper: Sleeper,
        _ logger: Logger
    ) -> UpstreamHealth {
        UpstreamHealth(
            breaker: breaker,
            source: source,
            upstream: self.upstream.url.description,
            metrics: registry,
            clocks: clocks,
            sleeper: sleeper,
            logger: logger
        )
    }

    /// What `/readyz` says of pins and tombstones that were damaged, until an operator has decided anew.
    private static func complaint(of curation: CurationTable, lost: Int) -> String? {
        let damaged = curation.damagedCount
        guard damaged + lost > 0 else { return nil }
        let held = damaged > 0 ? "\(damaged) damaged and held as tombstones: see cache marks and decide anew" : ""
        let gone = lost > 0 ? "\(lost) damaged beyond reading, and not in force: restore the file" : ""
        return "Pinned answers or tombstones: " + [held, gone].filter { !$0.isEmpty }.joined(separator: "; ")
    }
}
