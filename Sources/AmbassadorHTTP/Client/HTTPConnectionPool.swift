import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections of one event loop to one server; used on that loop alone.
///
/// A call takes the connection that was used last, or opens one of its own, so there are as many as there are calls at once; of idle
/// ones a few are kept for a while.
final class HTTPConnectionPool {
    private let origin: HTTPOrigin
    private let configuration: HTTPClientConfiguration
    private let tls: Result<ClientTLS, any Error>?
    private let eventLoop: any EventLoop
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    /// The calls that wait for a connection of their own.
    private var connecting: [ObjectIdentifier: HTTPCall] = [:]
    /// Who was used last stands last.
    private var idle: [HTTPConnection] = []
    private var sweep: Scheduled<Void>?
    private var isShutDown = false

    init(
        origin: HTTPOrigin,
        configuration: HTTPClientConfiguration,
        tls: Result<ClientTLS, any Error>?,
        eventLoop: any EventLoop
    ) {
        self.origin = origin
        self.configuration = configuration
        self.tls = tls
        self.eventLoop = eventLoop
    }

    /// Runs a call from its beginning.
    func run(_ call: HTTPCall) {
        call.begin()
        guard !self.isShutDown else { return call.fail(HTTPCallError.shutDown) }
        guard !call.hasEnded else { return }
        if let connection = self.idle.popLast() {
            if NIODeadline.now() - connection.idleSince < self.configuration.idleTimeout {
                return connection.start(call)
            }
            // All others have been idle for longer.
            connection.close()
            self.closeIdle()
        }
        self.connect(for: call)
    }

    /// A connection's answer has ended, and it may be used again.
    func release(_ connection: HTTPConnection) {
        guard !self.isShutDown, self.idle.count < self.configuration.idleConnectionsMax else {
            return connection.close()
        }
        self.idle.append(connection)
        self.scheduleSweep()
    }

    /// A connection is of no more use.
    func forget(_ connection: HTTPConnection) {
        guard self.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        self.idle.removeAll { $0 === connection }
    }

    /// Closes all connections and gives up all calls.
    func shutdown() {
        self.isShutDown = true
        self.sweep?.cancel()
        self.sweep = nil
        for call in self.connecting.values { call.fail(HTTPCallError.shutDown) }
        for connection in Array(self.connections.values) { connection.shutdown() }
    }

    private func connect(for call: HTTPCall) {
        self.connecting[ObjectIdentifier(call)] = call
        self.makeChannel().assumeIsolated().whenComplete { result in
            self.connecting[ObjectIdentifier(call)] = nil
            do {
                let channel = try result.get()
                // Its end may have come before this was told of its beginning.
                guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
                let connection = try channel.pipeline.syncOperations.handler(type: HTTPConnection.self)
                self.connections[ObjectIdentifier(connection)] = connection
                if self.isShutDown || call.hasEnded {
                    self.release(connection)
                } else {
                    connection.start(call)
                }
            } catch {
                call.fail(HTTPCallError(connecting: error))
            }
        }
    }

    private func makeChannel() -> EventLoopFuture<any Channel> {
        let pool = NIOLoopBound(self, eventLoop: self.eventLoop)
        let bootstrap = ClientBootstrap(group: self.eventLoop)
            .connectTimeout(self.configuration.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try pool.value.setUp(channel) }
            }
        switch self.origin.endpoint {
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            let bootstrap = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // An address is not looked up.
            if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.connect(to: address) }
            return bootstrap.connect(host: host, port: port)
        }
    }

    /// Puts the handlers in place before the first byte may come.
    private func setUp(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = try self.tls?.get() {
            let name = tls.serverName ?? self.hostName
            try pipeline.addHandler(NIOSSLClientHandler(context: tls.context, serverHostname: name))
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = self.configuration.headBytesMax
        let decoder = HTTPResponseDecoder(limitConfiguration: limits)
        let gate = AnswerGate()
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(gate)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(
            HTTPConnection(
                gate: gate,
                pool: self,
                origin: self.origin,
                handshakeTimeout: self.configuration.connectTimeout
            )
        )
    }

    /// The name to verify; an IP address is none (RFC 6066 §3) and is verified as the socket's peer.
    private var hostName: String? {
        guard case .tcp(let host, let port) = self.origin.endpoint else { return nil }
        return (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }

    private func scheduleSweep() {
        guard self.sweep == nil, let oldest = self.idle.first else { return }
        self.sweep = self.eventLoop.assumeIsolated().scheduleTask(
            deadline: oldest.idleSince + self.configuration.idleTimeout
        ) {
            self.sweep = nil
            self.closeIdle()
            self.scheduleSweep()
        }
    }

    /// Closes what has been idle for too long.
    private func closeIdle() {
        let now = NIODeadline.now()
        let expired = self.idle.prefix { now - $0.idleSince >= self.configuration.idleTimeout }
        for connection in expired { connection.close() }
    }
}

@available(*, unavailable)
extension HTTPConnectionPool: Sendable {}
