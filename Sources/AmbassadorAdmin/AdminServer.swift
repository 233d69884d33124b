package import AmbassadorCore
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle

/// The admin plane: metrics and the operators' changes, on a listener of its own.
///
/// Hummingbird carries it: nothing here is on a request's way, so a kept framework is worth more than speed.
package struct AdminServer: Service {
    private static let idleTimeout: TimeAmount = .seconds(75)
    /// Operators and scrapers are few; more than these wait to be accepted.
    private static let connectionsMax = 256

    private let application: Application<BodilessHead>

    /// Makes a server that does not listen yet.
    ///
    /// Every request is judged in this order: `Host` and `Origin`, credential, method, permission, body.
    ///
    /// The configuration has seen to it that `address` is local where `authenticator` lets everybody in. `allowedHosts` are the
    /// names, without ports, that a `Host` may have beside this machine's own ones and the address's. `audit` gets each change
    /// beside the log, and `onListening` is called once with the bound address.
    package init(
        address: Address,
        allowedHosts: [String] = [],
        authenticator: any Authenticator,
        audit: (any AdminAudit)? = nil,
        caches: any CacheAdministration,
        curation: any CurationAdministration,
        metrics: MetricRegistry,
        group: any EventLoopGroup,
        clocks: Clocks = .system,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress?) async -> Void = { _ in }
    ) {
        let recorder = ChangeRecorder(audit: audit, clocks: clocks, logger: logger)
        let router = Router(context: AdminRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: KnownHostsOnly(allowedHosts + address.hosts))
        router.add(middleware: CallerAuthentication(authenticator: authenticator, clocks: clocks, logger: logger))
        AdminRoute.add(
            Self.routes(caches: caches, curation: curation, metrics: metrics, recorder: recorder),
            to: router,
            recorder: recorder
        )
        self.application = Application(
            responder: BodilessHead(router: router.buildResponder()),
            server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: .init(
                address: address.bindAddress,
                serverName: nil,
                availableConnectionsDelegate: .maximum(Self.connectionsMax, logger: logger)
            ),
            onServerRunning: { await onListening($0.localAddress) },
            eventLoopGroupProvider: .shared(group),
            logger: logger
        )
    }

    /// Everything that the admin plane can do.
    static func routes(
        caches: any CacheAdministration,
        curation: any CurationAdministration,
        metrics: MetricRegistry,
        recorder: ChangeRecorder
    ) -> [AdminRoute] {
        [MetricsRoute(metrics: metrics).route] + CacheRoutes(caches: caches, recorder: recorder).all
            + CurationRoutes(curation: curation, recorder: recorder).all
    }

    package func run() async throws {
        try await self.application.run()
    }

    /// Where the admin plane listens.
    package enum Address: Sendable {
        case hostname(String, port: Int)
        case unixSocket(path: String)

        fileprivate var bindAddress: BindAddress {
            switch self {
            case .hostname(let host, let port): .hostname(host, port: port)
            case .unixSocket(let path): .unixDomainSocket(path: path)
            }
        }

        /// By which host it is reached; an address that stands for all addresses names none.
        fileprivate var hosts: [String] {
            switch self {
            case .hostname(let host, _): ["0.0.0.0", "::"].contains(host) ? [] : [host]
            case .unixSocket: []
            }
        }
    }
}
