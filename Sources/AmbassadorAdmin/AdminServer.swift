package import AmbassadorCore
import Hummingbird
package import Logging
package import NIOCore
import ServiceLifecycle

/// The admin plane: metrics and the operators' changes, on a listener of its own.
///
/// Hummingbird carries it: nothing here is on a request's way, so a kept framework is worth more than speed.
package struct AdminServer: Service {
    private let application: Application<RouterResponder<BasicRequestContext>>

    /// Makes a server that does not listen yet.
    ///
    /// The configuration has seen to it that `address` is local; `onListening` is called once with the bound address.
    package init(
        address: Address,
        caches: any CacheAdministration,
        metrics: MetricRegistry,
        group: any EventLoopGroup,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress?) async -> Void = { _ in }
    ) {
        let router = Router()
        router.add(middleware: LocalRequestsOnly())
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: PrometheusText.render(metrics))
            )
        }
        CacheRoutes(caches: caches).add(to: router.group("/admin/v1/cache"))
        self.application = Application(
            router: router,
            configuration: .init(address: address.bindAddress, serverName: nil),
            onServerRunning: { await onListening($0.localAddress) },
            eventLoopGroupProvider: .shared(group),
            logger: logger
        )
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
    }
}
