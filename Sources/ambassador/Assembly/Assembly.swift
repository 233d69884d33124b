import AmbassadorAdmin
import AmbassadorCore
import AmbassadorHTTP
import AmbassadorIdentity
import AmbassadorRedis
import AmbassadorSQLite
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// All parts of a running ambassador, made from a configuration in the order in which they depend on each other.
struct Assembly {
    /// Where the data plane listens, with the port that the system chose.
    let dataAddress: SocketAddress?
    let ambassador: Ambassador
    let registry: MetricRegistry
    /// In the order of dependence: a later one may use an earlier one, and is stopped before it.
    private let services: [any Service]
    private let group: MultiThreadedEventLoopGroup
    private let database: SQLiteDatabase
    private let logger: Logger
    /// Writes what is to be kept, without waiting for requests under way.
    private let stopNow: @Sendable () async -> Void

    /// Opens the store, applies its migrations, and listens.
    ///
    /// Redis and LangFlow may be away: they are waited for by nobody. Port 0 lets the system choose.
    ///
    /// - Throws: where the store cannot be opened or an address cannot be had; what was opened before is closed again.
    /// `warnings` are what is odd about the configuration; they are logged.
    static func build(
        _ configuration: AmbassadorConfiguration,
        warnings: [String] = [],
        clocks: Clocks = .system
    ) async throws -> Assembly {
        let before = DescriptorLimit.raise()
        let threads =
            configuration.threads > 0 ? configuration.threads : DescriptorLimit.current.loops(of: System.coreCount)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var opened = Opened()
        do {
            return try await Self.build(configuration, warnings, raisedFrom: before, group, clocks, &opened)
        } catch {
            await opened.close()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func build(
        _ configuration: AmbassadorConfiguration,
        _ warnings: [String],
        raisedFrom before: DescriptorLimit?,
        _ group: MultiThreadedEventLoopGroup,
        _ clocks: Clocks,
        _ opened: inout Opened
    ) async throws -> Assembly {
        let registry = MetricRegistry()
        let logs = Logs(configuration.log, registry: registry, warnings: warnings)
        opened.add { await logs.drain() }
        let logger = logs.logger
        before?.sayRaised(to: logger)
        let database = try configuration.database(registry, clocks, logger, onCommitted: Self.onCommitted(logs))
        opened.add { await database.stop() }
        let redis = try configuration.redis(group, registry, clocks, logger)
        if let redis { opened.add { await redis.stop() } }
        let identity = try await Identity.make(configuration.auth, group, registry, clocks, logger)
        let upstream = HTTPUpstream(configuration: try configuration.upstreamConfiguration, group: group)
        opened.add { await upstream.shutdown() }
        let flowSource = HTTPFlowSource(configuration: try configuration.upstreamConfiguration, group: group)
        let health = try configuration.healthSource(group)
        opened.add { _ = await (flowSource.shutdown(), health?.shutdown()) }
        let governance = try await configuration.governance(identity, redis, registry, clocks, logger)
        let feed = redis?.makeReplicaFeed(position: await database.notes.note(ReplicaFollower.positionNote))
        let parts = try await configuration.parts(
            database,
            redis,
            feed,
            upstream,
            health,
            group,
            governance,
            registry,
            clocks,
            logger
        )
        let names = configuration.flowNames(parts, flowSource, database)
        await names.restore()
        let ambassador = Ambassador(parts, names: names)
        Self.watch(parts, database, redis, identity, registry)
        let admin = try configuration.adminPlane(ambassador, database, identity, registry, clocks, logger)
        let listeners = Listeners(configuration, ambassador, admin, group, registry, clocks, logger)
        opened.add { await listeners.shutdown() }
        Self.watch(listeners.data, parts.readiness)
        redis?.connect()
        let address = try await listeners.bind()
        parts.readiness.becomeReady()
        return Assembly(
            dataAddress: address,
            ambassador: ambassador,
            registry: registry,
            services: Self.foundations(parts, database, opened) + identity.services
                + Self.followers(ambassador, feed, flowSource, names, database, logger)
                + listeners.all + [Beginning { parts.readiness.becomeUnready() }],
            group: group,
            database: database,
            logger: logger,
            stopNow: Self.stopNow(database, logs)
        )
    }

    /// Serves until a signal or a graceful shutdown of the task, then lets everything that is under way end.
    ///
    /// - Throws: ``CommandFailure`` where audit records could not be written.
    func run(signals: Signals? = nil, grace: Duration) async throws {
        var configuration = ServiceGroupConfiguration(
            services: self.services.map { .init(service: $0) },
            logger: self.logger
        )
        // The server's own limit is the grace period; what comes after it, in order, has limits of a few seconds each.
        configuration.maximumGracefulShutdownDuration = grace + .seconds(20)
        let group = self.group
        let services = ServiceGroup(configuration: configuration)
        signals?.deliver { self.act(on: $0, services) }
        do {
            try await services.run()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
        let lost = self.database.lostRecords
        guard lost == 0 else {
            throw CommandFailure(
                "\(lost) audit records are lost: they could not be written before the stop, see the log"
            )
        }
    }

    private static func stopNow(_ database: SQLiteDatabase, _ logs: Logs) -> @Sendable () async -> Void {
        {
            await database.stop(waitingForRequests: false)
            await logs.drain()
        }
    }

    private func act(on signal: SignalPolicy.Action, _ services: ServiceGroup) {
        switch signal {
        case .note(let text): self.logger.notice("\(text)")
        case .drain: Task { await services.triggerGracefulShutdown() }
        case .stopNow:
            self.logger.warning("stopping at once: requests under way are cut off")
            Task {
                await self.stopNow()
                // Nothing else may run any more: what it did would be recorded nowhere.
                _exit(self.database.unwrittenRecords == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
            }
        }
    }

    private static func watch(_ server: HTTPServer, _ readiness: Readiness) {
        // Anybody may ask for readiness: which file it is, and why, stands in the log.
        readiness.add("tls") { server.certificateComplaint }
    }

    private static func onCommitted(_ logs: Logs) -> (@Sendable ([AuditRecord]) -> Void)? {
        guard let accessLog = logs.accessLog else { return nil }
        return { accessLog.write($0) }
    }

    /// Has the parts' levels scraped and readiness told of what is away.
    private static func watch(
        _ parts: AmbassadorParts,
        _ database: SQLiteDatabase,
        _ redis: RedisResponseCache?,
        _ identity: Identity,
        _ registry: MetricRegistry
    ) {
        let (limit, breaker, health) = (parts.limit, parts.breaker, parts.health)
        registry.gauge(.upstreamLimit) { Double(limit.limit) }
        registry.gauge(.upstreamInFlight) { Double(limit.inFlight) }
        registry.gauge(.upstreamQueued) { Double(limit.queued) }
        registry.gauge(.breakerOpen, ("flow", "")) { breaker.state.openness }
        parts.readiness.add("langflow") { health.complaint }
        let (log, watch) = (database.auditLog, database.clockWatch)
        parts.readiness.add("clock") { watch.isBelieved ? nil : "Deletions by age wait until the clock is confirmed" }
        parts.readiness.add("audit") { log.isFull ? "The audit log can take no more records (audit.when_full)" : nil }
        parts.readiness.add("store") { database.complaint }
        if let redis { parts.readiness.add("redis") { redis.condition.complaint } }
        identity.watch(parts.readiness)
    }

    /// What runs before anything else and ends after it.
    private static func foundations(
        _ parts: AmbassadorParts,
        _ database: SQLiteDatabase,
        _ opened: Opened
    ) -> [any Service] {
        let keeper = BudgetKeeper(
            budgets: parts.budgets,
            database: database,
            clocks: parts.clocks,
            logger: parts.logger
        )
        let ending = Ending {
            await Self.land(parts)
            // Behind the last call, and before the file is closed.
            if let error = await keeper.keep() { keeper.complain(error) }
            await opened.close()
        }
        var services: [any Service] = [ending]
        // A service that ends by itself would end the process.
        if parts.health.canAsk {
            services.append(Running { await cancelWhenGracefulShutdown { await parts.health.run() } })
        }
        if parts.budgets.hasBudgets {
            services.append(Running { await cancelWhenGracefulShutdown { await keeper.run() } })
        }
        return services
    }

    /// Gives calls to LangFlow that nobody waits for any more a moment to end, since their answers will be kept.
    private static func land(_ parts: AmbassadorParts) async {
        parts.flights.shutDown()
        parts.streams.shutDown()
        let deadline = parts.clocks.now().advanced(by: .seconds(2))
        if await !parts.flights.drain(until: deadline) { parts.flights.cancelAll() }
        if await !parts.streams.drain(until: deadline) { parts.streams.cancelAll() }
    }
}
