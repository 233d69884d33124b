import AmbassadorAdmin
import AmbassadorCore
import AmbassadorRedis
import AmbassadorSQLite
import Logging
import NIOPosix

/// What stands between callers and the caches.
struct Governance {
    let access: AccessControl
    let limiter: RateLimiter
    let budgets: BudgetLedger
}

/// Who may call and how often, as the operator set it.
extension AmbassadorConfiguration {
    func governance(
        _ identity: Identity,
        _ redis: RedisResponseCache?,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) async throws -> Governance {
        Governance(
            access: try self.access(identity, registry, clocks),
            limiter: try self.limiter(redis, registry, clocks),
            budgets: try await self.budgetLedger(registry, clocks, logger)
        )
    }

    /// The gate of the pipeline.
    private func access(
        _ identity: Identity,
        _ registry: MetricRegistry,
        _ clocks: Clocks
    ) throws(InvalidValue) -> AccessControl {
        AccessControl(
            authenticator: identity.authenticator,
            tenants: TenantPolicy(trustsHeader: self.tenants.trustsHeader),
            failures: try self.failures(clocks),
            metrics: registry
        )
    }

    /// The admin plane, which lets in whom the data plane does.
    func adminPlane(
        _ ambassador: Ambassador,
        _ database: SQLiteDatabase,
        _ identity: Identity,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) throws(InvalidValue) -> AdminPlane {
        AdminPlane(
            gate: AdminGate(
                authenticator: identity.authenticator,
                failures: try self.failures(clocks),
                clocks: clocks,
                logger: logger
            ),
            audit: database.adminAudit,
            caches: ambassador,
            curation: ambassador,
            retention: database,
            metrics: registry,
            logger: logger
        )
    }

    /// How often an address may show a credential that is not accepted; each plane counts for itself.
    private func failures(_ clocks: Clocks) throws(InvalidValue) -> RateLimiter {
        // With a registry of its own: among the operator's limits it might have the name of one.
        let failures = try RateLimit(name: "auth-failures", by: [.address], rate: self.auth.failures)
        return RateLimiter([failures], metrics: MetricRegistry(), clocks: clocks)
    }

    private func limiter(
        _ redis: RedisResponseCache?,
        _ registry: MetricRegistry,
        _ clocks: Clocks
    ) throws(InvalidValue) -> RateLimiter {
        var limits: [RateLimit] = []
        // The tightest are found alike in any order; a fixed one keeps answers the same from start to start.
        for (name, settings) in self.rateLimits.sorted(by: { $0.key.description < $1.key.description }) {
            limits.append(try RateLimit(settings, name: name))
        }
        return RateLimiter(limits, source: redis?.leases, metrics: registry, clocks: clocks)
    }

    /// The budgets, with what was used of them today before this start.
    private func budgetLedger(
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) async throws -> BudgetLedger {
        var budgets: [TenantID: Budget] = [:]
        var others: Budget?
        for (scope, settings) in self.budgets {
            let budget = try Budget(settings)
            if let tenant = scope.tenant { budgets[tenant] = budget } else { others = budget }
        }
        let ledger = BudgetLedger(budgets, others: others, metrics: registry)
        guard !self.budgets.isEmpty else { return ledger }
        let (path, now) = (self.store.path, clocks.wall())
        do {
            let usage = try await NIOThreadPool.singleton.runIfActive {
                try BudgetKeeper.used(path: path, at: now)
            }
            ledger.restore(usage, at: now)
        } catch {
            // Serving is worth more than a budget that counts from now instead of from midnight.
            logger.error("today's use of budgets cannot be read", metadata: ["error": "\(error)"])
        }
        return ledger
    }
}
