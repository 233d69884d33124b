package import AmbassadorCore
import Glibc
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A listener of one plane: accepts connections and lets each run on one event loop.
package final class HTTPServer: Service {
    /// One of the addresses.
    private enum Listener {
        /// Callers wait for it to accept.
        case reserved(BoundSocket)
        case accepting(any Channel, UnixSocketFile?)
    }

    private struct State {
        var listeners: [Listener] = []
        var certificateCheck: RepeatedTask?
        var isStopped = false
    }

    private let configuration: HTTPServerConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let admission: ConnectionAdmission
    private let certificates: CertificateStore?
    private let acceptPauses: Counter
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
        var configuration = configuration
        if responder is PlainPlane { configuration.routes = .own }
        self.configuration = configuration
        self.group = group
        self.logger = logger
        let certificates = configuration.tls.map { CertificateStore(settings: $0, wall: clocks.wall, logger: logger) }
        self.certificates = certificates
        if let certificates {
            metrics.gauge(.certificateDays, ("certificate", "server")) { certificates.daysLeft ?? 0 }
        }
        if let certificates, certificates.settings.clientAuthorityFile != nil {
            metrics.gauge(.certificateDays, ("certificate", "client_ca")) { certificates.authorityDaysLeft ?? 0 }
        }
        self.acceptPauses = metrics.counter(.acceptPauses, ("plane", configuration.name.plane))
        self.admission = ConnectionAdmission(
            configuration: configuration,
            responder: responder,
            group: group,
            certificates: self.certificates,
            metrics: metrics,
            clocks: clocks
        )
    }

    /// What is wrong with the certificate, in a sentence that names no file; `nil` while all is well or there is none.
    package var certificateComplaint: String? { self.certificates?.complaint }

    /// Takes the addresses, all of them or none: from then on callers wait to be accepted, and nobody else can listen there.
    ///
    /// - Returns: The first address, with the port that the system chose where the configuration has port 0.
    /// - Throws: `ListenError` where an address cannot be had, or `CertificateError` where the certificate cannot.
    @discardableResult
    package func reserve() async throws -> SocketAddress? {
        try await self.loadCertificate()
        let (address, backlog) = (self.configuration.address, Int32(self.configuration.backlog))
        let taken: BoundSockets.Taken
        do {
            // Names are resolved and sockets probed: no work for an event loop.
            taken = try await NIOThreadPool.singleton.runIfActive { try BoundSockets.take(address, backlog: backlog) }
        } catch let fault as ListenFault {
            throw ListenError(name: self.configuration.name, address: address, reason: fault)
        }
        if !taken.left.isEmpty {
            self.logger.notice(
                "this host does not have every address of the name; the others are listened on",
                metadata: ["listen.address": "\(address)", "missing": "\(taken.left.joined(separator: ", "))"]
            )
        }
        let isStopped = self.state.withLock { state in
            if !state.isStopped { state.listeners = taken.sockets.map { .reserved($0) } }
            return state.isStopped
        }
        if isStopped { for socket in taken.sockets { socket.close() } }
        return taken.sockets.first?.address
    }

    /// Accepts connections from then on, at the addresses that were reserved.
    package func accept() async throws {
        let reserved = self.state.withLock { state in
            state.listeners.compactMap { listener in
                if case .reserved(let socket) = listener { socket } else { nil }
            }
        }
        for (place, socket) in reserved.enumerated() {
            let channel = try await self.bootstrap(isTCP: socket.file == nil).withBoundSocket(socket.descriptor).get()
            let isStopped = self.state.withLock { state in
                if !state.isStopped { state.listeners[place] = .accepting(channel, socket.file) }
                return state.isStopped
            }
            if isStopped { try await channel.close() }
        }
        let places = reserved.map { Self.text($0.address) }.joined(separator: ", ")
        self.logger.info(
            "listening",
            metadata: ["\(self.configuration.name.setting)": "\(self.configuration.address)", "at": "\(places)"]
        )
    }

    /// Takes the addresses and accepts connections.
    ///
    /// - Returns: As ``reserve()``.
    @discardableResult
    package func bind() async throws -> SocketAddress? {
        let address = try await self.reserve()
        try await self.accept()
        return address
    }

    private func bootstrap(isTCP: Bool) -> ServerBootstrap {
        let (admission, backlog) = (self.admission, Int32(self.configuration.backlog))
        let (pauses, logger) = (self.acceptPauses, self.logger)
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    // NIO has given the socket its own, shorter queue.
                    try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
                        _ = Glibc.listen(socket, backlog)
                    }
                    try pipeline.addHandler(AcceptPause(pauses: pauses, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { admission.admit($0) }
        return isTCP ? bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1) : bootstrap
    }

    private static func text(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return address.pathname ?? "" }
        return HostAndPort(host: host, port: port).description
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
        if self.state.withLock({ $0.listeners.isEmpty && !$0.isStopped }) { try await self.bind() }
        // Ended by either; both mean the same here.
        try? await gracefulShutdown()
        await self.shutdown()
    }

    /// Stops accepting, lets what is under way finish within the drain time-out, and closes.
    package func shutdown() async {
        let listeners = self.state.withLock { state in
            state.isStopped = true
            state.certificateCheck?.cancel()
            defer {
                state.listeners = []
                state.certificateCheck = nil
            }
            return state.listeners
        }
        for listener in listeners {
            switch listener {
            case .reserved(let socket): socket.close()
            case .accepting(let channel, let file):
                // While it still listens, so that nobody has put a socket of its own there.
                file?.remove()
                // A listener that is closed already is what is wanted.
                try? await channel.close().get()
            }
        }
        await self.admission.drain(within: self.configuration.drainTimeout)
        guard !listeners.isEmpty else { return }
        self.logger.info(
            "stopped listening",
            metadata: ["\(self.configuration.name.setting)": "\(self.configuration.address)"]
        )
    }
}
