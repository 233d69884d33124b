import AmbassadorCore
import AmbassadorHTTP
import AmbassadorRedis
import AmbassadorSQLite

/// What the settings must be in relation to one another.
struct ConfigurationRules {
    let configuration: AmbassadorConfiguration
    let origins: [String: Origin]
    private(set) var errors: [ConfigurationError] = []
    var warnings: [String] = []

    init(configuration: AmbassadorConfiguration, origins: [String: Origin]) {
        self.configuration = configuration
        self.origins = origins
        self.checkListeners()
        self.checkSizes()
        self.checkRedis()
        self.checkBreaker()
        self.checkFlows()
        self.checkEncryption()
        self.checkUpstreamEncryption()
        self.checkIdentity()
        self.checkLimits()
    }

    /// Refuses the first of the settings that somebody set; the others took part in it.
    mutating func refuse(_ paths: String..., because reason: String) {
        let path = paths.first { self.origins[$0] != nil } ?? paths[0]
        self.errors.append(ConfigurationError(origin: self.origins[path] ?? .default, key: path, reason: reason))
    }

    private mutating func checkListeners() {
        let listen = self.configuration.listen.address
        let admin = self.configuration.admin.address
        let remedy = "only 127.0.0.1, [::1], localhost or unix:/path are allowed"
        if !listen.isLocal, self.configuration.auth.mode == .none {
            self.refuse(
                "listen.address",
                "auth.mode",
                because:
                    "\(listen) can be reached from other hosts, and auth.mode none lets everybody in; \(remedy) with it"
            )
        }
        if !admin.isLocal {
            let isOpen = self.configuration.auth.mode == .none
            if isOpen || self.configuration.adminTLSSettings == nil {
                let missing = isOpen ? "auth.mode none lets everybody in" : "admin.tls is not set"
                self.refuse(
                    "admin.address",
                    because: "\(admin) can be reached from other hosts, and \(missing); \(remedy) without both"
                )
            }
        }
        if let probes = self.configuration.probes.address {
            if probes.overlaps(with: listen) {
                self.refuse(
                    "probes.address",
                    "listen.address",
                    because: "probes.address and listen.address are the same"
                )
            }
            if probes.overlaps(with: admin) {
                self.refuse("probes.address", "admin.address", because: "probes.address and admin.address are the same")
            }
        }
        if listen.overlaps(with: admin) {
            self.refuse("admin.address", "listen.address", because: "listen.address and admin.address are the same")
        }
        if !self.configuration.listen.hosts.isEmpty, self.configuration.auth.mode != .none || listen.isSocket {
            self.warnings.append("listen.hosts has no effect with an auth.mode, or on a socket: any Host is served")
        }
        let url = self.configuration.upstream.url
        let upstream = ListenAddress.tcp(host: url.host, port: url.port)
        if upstream.collides(with: listen) {
            self.refuse(
                "upstream.url",
                "listen.address",
                because: "the upstream is the ambassador's own listen.address"
            )
        }
        if upstream.collides(with: admin) {
            self.refuse("upstream.url", "admin.address", because: "the upstream is the ambassador's own admin.address")
        }
    }

    private mutating func checkSizes() {
        let cache = self.configuration.hotCache
        if cache.entryBytesMax > cache.memoryBytesMax {
            self.refuse(
                "hot_cache.entry_size_max",
                "hot_cache.memory",
                because: "an entry may be larger than hot_cache.memory"
            )
        }
        if cache.entryBytesMax > self.configuration.store.bytesMax {
            self.refuse(
                "hot_cache.entry_size_max",
                "store.size_max",
                because: "an entry may be larger than store.size_max"
            )
        }
        let limits = self.configuration.limits
        if limits.fieldBytesMax > limits.headerBytesMax {
            self.refuse(
                "limits.field_size",
                "limits.header_size",
                because: "a field may be larger than limits.header_size"
            )
        }
        let audit = self.configuration.audit
        if audit.bodiesRetention > audit.retention, audit.bodies != .none, self.origins["audit.bodies_retention"] != nil
        {
            self.refuse(
                "audit.bodies_retention",
                because: "texts would be kept longer than their records (audit.retention)"
            )
        }
    }

    private mutating func checkRedis() {
        guard let redis = self.configuration.redisConfiguration else {
            if self.configuration.hotCache.secret != nil {
                self.warnings.append("hot_cache.secret has no effect without hot_cache.redis")
            }
            return
        }
        do throws(RedisConfigurationError) {
            try redis.validate()
        } catch {
            let path =
                switch error {
                case .secretTooShort: "hot_cache.secret"
                case .outOfRange("commandTimeout"): "hot_cache.redis_deadline"
                case .outOfRange("valueBytesMax"), .outOfRange("commandBytesMax"): "hot_cache.entry_size_max"
                case .outOfRange, .credentialsTooLong, .tls: "hot_cache.redis"
                }
            self.refuse(path, because: error.description)
        }
    }

    private mutating func checkBreaker() {
        let upstream = self.configuration.upstream
        let breaker = upstream.breaker
        if breaker.openTime > breaker.openTimeMax {
            self.refuse(
                "upstream.breaker.open_time",
                "upstream.breaker.open_time_max",
                because: "open_time is longer than open_time_max"
            )
        }
        if let limit = upstream.concurrencyMax, breaker.halfOpenProbesMax > limit {
            self.refuse(
                "upstream.breaker.half_open_probes",
                "upstream.concurrency",
                because: "half_open_probes is more than upstream.concurrency lets through"
            )
        }
        if breaker.failureRateMax == 0 {
            self.refuse(
                "upstream.breaker.failure_rate",
                because: "a failure rate of 0 would open the breaker without a failure"
            )
        }
        if breaker.slowCallRateMax == 0 {
            self.refuse(
                "upstream.breaker.slow_call_rate",
                because: "a slow call rate of 0 would open the breaker without a slow call"
            )
        }
        let timeout =
            ([self.configuration.defaults.timeout] + self.configuration.flows.values.map(\.timeout)).max() ?? .zero
        if breaker.window < timeout * 2 {
            // Calls that time out together would leave the window before the breaker has seen enough of them.
            self.warnings.append(
                "upstream.breaker.window (\(DurationText.format(breaker.window))) is shorter than twice the longest timeout "
                    + "(\(DurationText.format(timeout))): under little traffic the breaker may not notice timeouts"
            )
        }
    }

    private mutating func checkFlows() {
        if self.configuration.unlistedFlows == .deny, self.configuration.flows.isEmpty {
            self.refuse("unlisted_flows", because: "no flow is listed under flows, so every call would be refused")
        }
        self.checkAliases()
        self.check(self.configuration.defaults, at: "defaults")
        for (name, flow) in self.configuration.flows.sorted(by: { $0.key.description < $1.key.description }) {
            self.check(flow, at: "flows.\(name)")
        }
    }

    /// A name means one flow.
    private mutating func checkAliases() {
        let flows = self.configuration.flows.sorted { $0.key.description < $1.key.description }
        var meant: [FlowName: String] = [:]
        for (name, flow) in flows {
            meant[name] = "the name of flow \(name)"
            if let target = flow.target, meant[target] == nil { meant[target] = "the target of flow \(name)" }
        }
        for (name, flow) in flows {
            for alias in flow.aliases.sorted(by: { $0.description < $1.description }) {
                if let other = meant[alias] {
                    self.refuse(
                        "flows.\(name).aliases",
                        because: "\"\(alias)\" is \(other); a name can mean one flow only"
                    )
                } else {
                    meant[alias] = "an alias of flow \(name)"
                }
            }
        }
    }

    private mutating func check(_ flow: FlowSettings, at path: String) {
        // What a flow inherits is refused once, where it stands.
        if flow.isShared, flow.session == .key, self.isOwn(["shared", "session"], path) {
            self.refuse(
                "\(path).shared",
                "\(path).session",
                path,
                because: "shared entries cannot be kept by session: sessions of two tenants may have the same id"
            )
        }
        if self.configuration.upstream.connectTimeout > flow.timeout, self.isOwn(["timeout"], path) {
            self.refuse(
                "\(path).timeout",
                "upstream.connect_timeout",
                because:
                    "the timeout is shorter than upstream.connect_timeout, so a slow connection always fails the call"
            )
        }
        if flow.session == .ignore, flow.sessionDefault == .flow, self.isOwn(["session", "session_default"], path) {
            self.warnings.append(
                "\(path): session_default flow lets callers share LangFlow's memory, though session ignore says that there is none"
            )
        }
    }

    private func isOwn(_ names: [String], _ path: String) -> Bool {
        path == "defaults" || names.contains { self.origins["\(path).\($0)"] != nil }
    }
}
