package import AmbassadorCore
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The data plane's listener: accepts connections and lets each run on one event loop.
package final class HTTPServer: Service {
    private struct State {
        var listener: (any Channel)?
        var certificateCheck: RepeatedTask?
        var isStopped = false
    }

    private let configuration: HTTPServerConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let admission: ConnectionAdmission
    private let certificates: CertificateStore?
    private let state = Mutex(State())

    /// Makes a server that does not listen yet.
    ///
    /// The group runs the connections; its owner shuts it down, after the server.
    package init(
        configuration: HTTPServerConfiguration,
        responder: any Responder,
        group: any EventLoopGroup,
        metrics: MetricRegistry,
        clocks: Clocks,
        logger: Logger
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.certificates = configuration.tls.map { CertificateStore(settings: $0, logger: logger) }
        self.admission = ConnectionAdmission(
            configuration: configuration,
            responder: responder,
            group: group,
            certificates: self.certificates,
            metrics: metrics,
            clocks: clocks
        )
    }

    /// Why the certificate that is served is not the one on disk, for an operator; `nil` while all is well or there is none.
    package var certificateComplaint: String? { self.certificates?.complaint }

    /// Listens, and accepts connections from then on.
    ///
    /// - Returns: The address, with the port that the system chose where the configuration has port 0.
    /// - Throws: Where the address cannot be had, or `CertificateError` where the certificate cannot.
    @discardableResult
    package func bind() async throws -> SocketAddress? {
        try await self.loadCertificate()
        let admission = self.admission
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: Int32(self.configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try admission.admit(channel) }
            }
        let listener: any Channel
        switch self.configuration.address {
        case .tcp(let host, let port):
            listener = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port).get()
        case .unix(let path):
            listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
        let isStopped = self.state.withLock { state in
            if !state.isStopped { state.listener = listener }
            return state.isStopped
        }
        if isStopped { try await listener.close() }
        self.logger.info("listening", metadata: ["listen.address": "\(self.configuration.address)"])
        return listener.localAddress
    }

    /// Loads the certificate, and looks after it from then on; reading files is no work for an event loop.
    private func loadCertificate() async throws {
        guard let certificates = self.certificates else { return }
        try await NIOThreadPool.singleton.runIfActive { try certificates.load() }
        let interval = certificates.settings.checkInterval
        let eventLoop = self.group.next()
        let check = eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { certificates.reloadIfChanged() }
        }
        let isStopped = self.state.withLock { state in
            if !state.isStopped { state.certificateCheck = check }
            return state.isStopped
        }
        if isStopped { check.cancel() }
    }

    /// Serves until a graceful shutdown or a cancellation, and returns when all connections are closed.
    package func run() async throws {
        if self.state.withLock({ $0.listener == nil && !$0.isStopped }) { try await self.bind() }
        // Ended by either; both mean the same here.
        try? await gracefulShutdown()
        await self.shutdown()
    }

    /// Stops accepting, lets what is under way finish within the drain time-out, and closes.
    package func shutdown() async {
        let listener = self.state.withLock { state in
            state.isStopped = true
            state.certificateCheck?.cancel()
            defer {
                state.listener = nil
                state.certificateCheck = nil
            }
            return state.listener
        }
        if let listener {
            // A listener that is closed already is what is wanted.
            try? await listener.close().get()
            if case .unix(let path) = self.configuration.address { unlink(path) }
        }
        await self.admission.drain(within: self.configuration.drainTimeout)
        self.logger.info("stopped listening", metadata: ["listen.address": "\(self.configuration.address)"])
    }
}
