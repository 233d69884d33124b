import AmbassadorCore
import AmbassadorHTTP
import AmbassadorIdentity
import Logging
import NIOCore
import ServiceLifecycle

/// The parts that find out who calls.
struct Identity {
    let authenticator: any Authenticator
    private let keys: APIKeyFileWatcher?
    private let tokens: JWTAuthenticator?
    private let clocks: Clocks

    /// Reads the key files; published keys are fetched by the ``services``.
    ///
    /// - Throws: where a file cannot be used: without it nobody could be let in.
    static func make(
        _ configuration: AmbassadorConfiguration.Auth,
        _ group: any EventLoopGroup,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) async throws -> Identity {
        let mode = configuration.mode
        let keys =
            mode.takesKeys
            ? try APIKeyFileWatcher(APIKeyFile(configuration.keysFile), clocks: clocks, logger: logger) : nil
        guard mode.takesTokens else {
            let authenticator: any Authenticator =
                keys.map { CombinedAuthenticator(keys: $0.authenticator, tokens: nil) } ?? OpenAuthenticator()
            return Identity(authenticator: authenticator, keys: keys, tokens: nil, clocks: clocks)
        }
        let issuers = try configuration.issuers.map { try IssuerConfiguration($0.value, name: $0.key) }
        let isPublished = configuration.issuers.values.contains { $0.jwksURL != nil }
        let tokens = try JWTAuthenticator(
            issuers: issuers,
            client: isPublished ? JWKSClient(fetcher: HTTPFetcher(group: group)) : nil,
            tokenBytesMax: configuration.tokenBytesMax,
            clocks: clocks,
            metrics: JWTMetrics(registry),
            logger: logger
        )
        return Identity(
            authenticator: CombinedAuthenticator(keys: keys?.authenticator, tokens: tokens),
            keys: keys,
            tokens: tokens,
            clocks: clocks
        )
    }

    /// What keeps keys up to date while the ambassador runs.
    var services: [any Service] {
        var services: [any Service] = []
        if let keys { services.append(Running { await cancelWhenGracefulShutdown { await keys.run() } }) }
        if let tokens {
            let refresher = JWKSRefresher(tokens, clocks: self.clocks)
            services.append(Running { await cancelWhenGracefulShutdown { await refresher.run() } })
        }
        return services
    }

    /// Tells readiness of keys that cannot be had; callers with others are let in all the same.
    func watch(_ readiness: Readiness) {
        if let keys { readiness.add("api_keys") { keys.complaint } }
        if let tokens {
            readiness.add("issuers") {
                tokens.issuersWithoutKeys.isEmpty ? nil : "The keys of an issuer of tokens cannot be had"
            }
        }
    }
}

extension JWTMetrics {
    fileprivate init(_ registry: MetricRegistry) {
        self.init(
            cacheHits: registry.counter(.tokens, ("result", "remembered")),
            verified: registry.counter(.tokens, ("result", "verified")),
            rejected: registry.counter(.tokens, ("result", "rejected")),
            keyReads: registry.counter(.keySetReads, ("result", "read")),
            keyReadFailures: registry.counter(.keySetReads, ("result", "failed"))
        )
    }
}
