package import Logging

/// What the pipeline is made of; the assembly makes each part and hands them over.
package struct AmbassadorParts: Sendable {
    package let flows: FlowRegistry
    package let access: AccessControl
    package let limiter: RateLimiter
    package let budgets: BudgetLedger
    package let memory: MemoryCache
    /// The hot cache that replicas share; `nil` where there is none.
    package let shared: CacheTier?
    package let store: CacheTier
    /// What replicas tell each other; `nil` where none share anything.
    package let replicas: (any ReplicaFeed)?
    /// What operators have decided about single answers, and where that outlives the process.
    package let curation: CurationTable
    package let curationStore: (any CurationStore)?
    package let audit: any AuditLog
    package let upstream: any Upstream
    /// Counts failures of LangFlow as a whole: transport and 502 to 504.
    package let breaker: CircuitBreaker
    /// Tells the breakers what becomes of calls, and asks LangFlow for its health while something fails.
    package let health: UpstreamHealth
    /// How many calls LangFlow gets at once.
    package let limit: ConcurrencyLimit
    package let flights: Flights
    package let streams: StreamFlights
    package let purges: PurgeLedger
    package let metrics: AmbassadorMetrics
    package let readiness: Readiness
    package let clocks: Clocks
    /// What waits for moments of the monotonic clock.
    package let sleeper: Sleeper
    package let logger: Logger
    /// The largest entry that is kept, in bytes.
    package let entryBytesMax: Int

    package init(
        flows: FlowRegistry,
        access: AccessControl,
        limiter: RateLimiter,
        budgets: BudgetLedger,
        memory: MemoryCache,
        shared: (any ResponseCache)?,
        store: any ResponseCache,
        audit: any AuditLog,
        upstream: any Upstream,
        breaker: CircuitBreaker,
        health: UpstreamHealth,
        limit: ConcurrencyLimit,
        flights: Flights,
        streams: StreamFlights,
        purges: PurgeLedger,
        metrics: AmbassadorMetrics,
        readiness: Readiness,
        clocks: Clocks,
        sleeper: Sleeper = .system,
        logger: Logger,
        entryBytesMax: Int,
        replicas: (any ReplicaFeed)? = nil,
        curation: CurationTable = CurationTable(),
        curationStore: (any CurationStore)? = nil
    ) {
        self.flows = flows
        self.access = access
        self.limiter = limiter
        self.budgets = budgets
        self.memory = memory
        self.shared = shared.map { CacheTier($0, .shared, purges: purges) }
        self.store = CacheTier(store, .store, purges: purges)
        self.audit = audit
        self.upstream = upstream
        self.breaker = breaker
        self.health = health
        self.limit = limit
        self.flights = flights
        self.streams = streams
        self.purges = purges
        self.metrics = metrics
        self.readiness = readiness
        self.clocks = clocks
        self.sleeper = sleeper
        self.logger = logger
        self.entryBytesMax = entryBytesMax
        self.replicas = replicas
        self.curation = curation
        self.curationStore = curationStore
    }
}
