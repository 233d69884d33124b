import AmbassadorCore
import AmbassadorHTTP
import AmbassadorIdentity
import AmbassadorRedis
import AmbassadorSQLite
import Logging

/// Everything that an operator can set, with the defaults that hold where nothing is set.
///
/// ``SettingsTable`` says how each property is named, written, limited and explained.
struct AmbassadorConfiguration: Sendable, Equatable {
    /// The replica's name in logs and audit records; `nil` means the name of the host.
    var node: String?
    /// The event loops; zero means one a core.
    var threads = 0
    var shutdownGrace: Duration = .seconds(30)
    /// Whether hits take their short way; no setting, since without it no answer is another: tests compare the two.
    var takesShortcuts = true
    var listen = Listen()
    var admin = Admin()
    var probes = Probes()
    var routes = Routes()
    var limits = Limits()
    var upstream = Upstream()
    var hotCache = HotCache()
    var store = Store()
    var audit = Audit()
    var log = Log()
    var tenants = Tenants()
    var auth = Auth()
    var cors = CORS()
    var rateLimits: [OperatorsName: RateLimitSettings] = [:]
    var budgets: [BudgetScope: BudgetSettings] = [:]
    /// What holds for every flow that does not say otherwise.
    var defaults = FlowSettings()
    var unlistedFlows = UnlistedFlows.allow
    /// The listed flows; each has inherited ``defaults``.
    var flows: [FlowName: FlowSettings] = [:]

    struct Listen: Sendable, Equatable {
        var address = ListenAddress.tcp(host: "127.0.0.1", port: 8080)
        /// Where callers may connect from; nothing means from everywhere.
        var allowedClients: [AddressRange] = []
        /// Under which names callers may ask while nobody is asked who they are, beside this host's own.
        var hosts: [String] = []
        /// What may stand before every route.
        var basePaths: [BasePath] = []
        var tls = TLS()
    }

    /// The data plane's certificate; without one it speaks plain HTTP.
    struct TLS: Sendable, Equatable {
        var certificateFile: String?
        var privateKeyFile: String?
        /// Whose certificates callers must have.
        var clientAuthorityFile: String?
        var minimumVersion = TLSSettings.Version.tls12
    }

    struct Admin: Sendable, Equatable {
        var address = ListenAddress.tcp(host: "127.0.0.1", port: 8081)
        var tls = AdminTLS()
    }

    /// The admin plane's certificate; without one it speaks plain HTTP, to this host alone.
    struct AdminTLS: Sendable, Equatable {
        var certificateFile: String?
        var privateKeyFile: String?
    }

    /// A listener for probes and metrics alone.
    struct Probes: Sendable, Equatable {
        var address: ListenAddress?
    }

    /// The calls that are served beside those that always are.
    struct Routes: Sendable, Equatable {
        /// `nil` where the Responses API is not served.
        var responses: ResponsesDialect?
        var chatCompletions = false
    }

    /// The web pages that may call.
    struct CORS: Sendable, Equatable {
        var origins: [WebOrigin] = []
        /// What pages may set beside what is read here.
        var headers: [PageHeader] = [.any]
        var maxAge: Duration = .seconds(600)
    }

    /// The limits of the data plane; sizes are in bytes.
    struct Limits: Sendable, Equatable {
        var headerBytesMax = 32 << 10
        var fieldBytesMax = 20 << 10
        var fieldsMax = 100
        var targetBytesMax = 8 << 10
        var bodyBytesMax = 1 << 20
        var connectionsMax = 4096
        var idleTimeout: Duration = .seconds(75)
        var headerTimeout: Duration = .seconds(10)
        var bodyTimeout: Duration = .seconds(30)
        var pipeliningMax = 16
        var waitersPerFlightMax = 1000
    }

    struct Upstream: Sendable, Equatable {
        var url = UpstreamURL.default
        var apiKey: Secret?
        var connectTimeout: Duration = .seconds(2)
        /// The calls that may be under way at once, `nil` where that is found out; and those that may wait for one of them to end.
        var concurrencyMax: Int?
        var queueMax = 256
        var answerBytesMax = 16 << 20
        /// `nil` where LangFlow is not asked for its health.
        var healthPath: String? = "/health"
        var tls = UpstreamTLS()
        /// How often LangFlow is asked for its flows; zero means never.
        var flowNamesInterval: Duration = .seconds(60)
        var breaker = Breaker()
    }

    /// How LangFlow is verified where its address begins with `https`, and what it is shown of us.
    struct UpstreamTLS: Sendable, Equatable {
        /// `nil` for the authorities of the system.
        var authorityFile: String?
        var certificateFile: String?
        var privateKeyFile: String?
        /// `nil` for the host of the address.
        var serverName: String?
    }

    struct Breaker: Sendable, Equatable {
        var window: Duration = .seconds(60)
        var callsMin = 5
        /// Shares of the calls in the window, 0 to 1.
        var failureRateMax = 0.5
        var slowCallDuration: Duration = .seconds(3600)
        var slowCallRateMax = 0.8
        var openTime: Duration = .seconds(5)
        var openTimeMax: Duration = .seconds(60)
        var halfOpenProbesMax = 3
    }

    struct HotCache: Sendable, Equatable {
        var memoryBytesMax = 64 << 20
        var redis: RedisAddress?
        var redisDeadline: Duration = .milliseconds(50)
        var keySpace = RedisKeySpace.default
        /// The key of the seal on what Redis keeps.
        var secret: Secret?
        var entryBytesMax = 1 << 20
    }

    struct Store: Sendable, Equatable {
        var path = "ambassador.db"
        var bytesMax = 1 << 30
    }

    struct Audit: Sendable, Equatable {
        var durability = AuditDurability.batched
        var bodies = AuditBodies.both
        var retention: Duration = .seconds(90 * 86_400)
        var bodiesRetention: Duration = .seconds(30 * 86_400)
        var recordsMax = 10_000_000
        var textBytesMax = 1 << 30
        var refusalsMax = 100_000
        var queueMax = 65_536
        var whenFull = WhenFull.refuse
    }

    struct Log: Sendable, Equatable {
        var level = Logger.Level.info
        var requests = RequestLog.on
        /// The share of requests that `requests: sampled` logs, 0 to 1; failures are always logged.
        var sampleRate = 0.01
    }

    struct Auth: Sendable, Equatable {
        var mode = AuthMode.none
        var keysFile = APIKeyFile.defaultPath
        /// How often an address may show a credential that is not accepted.
        var failures = Self.failuresDefault
        /// The longest token that is looked at.
        var tokenBytesMax = 16 << 10
        var issuers: [OperatorsName: IssuerSettings] = [:]

        private static let failuresDefault: Rate = {
            do throws(InvalidValue) {
                return try Rate(count: 60, periodSeconds: 60)
            } catch {
                preconditionFailure("60 in a minute is a rate")
            }
        }()
    }

    struct Tenants: Sendable, Equatable {
        /// Whether `X-Tenant-ID` is believed.
        var trustsHeader = false
    }
}

/// What happens to a call of a flow that is not listed under `flows`.
enum UnlistedFlows: String, Sendable, CaseIterable {
    case allow
    case deny
}

/// How callers show who they are.
enum AuthMode: String, Sendable, CaseIterable {
    /// Not at all.
    case none
    case apiKeys = "api_keys"
    case jwt
    /// By an API key or a token.
    case both

    var takesKeys: Bool { self == .apiKeys || self == .both }
    var takesTokens: Bool { self == .jwt || self == .both }
}

/// Which requests get a line in the log.
enum RequestLog: String, Sendable, CaseIterable {
    case on
    case off
    case sampled
}
