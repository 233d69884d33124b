import AmbassadorCore
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Lets connections in up to their limit, and sees them out at the end.
final class ConnectionAdmission: Sendable {
    /// A caller that shuts its side down behind many requests may have so many of the longest bodies unread; others are closed.
    private static let heldBodiesMax = 4
    /// The most that one read brings.
    private static let readBytesMax = 64 * 1024

    private let configuration: HTTPServerConfiguration
    private let responder: any Responder
    private let open = Atomic<Int>(0)
    private let connections: Counter
    private let connectionsRefused: Counter
    private let connectionsDenied: Counter
    private let handshakesFailed: Counter
    private let certificates: CertificateStore?
    /// One for each loop of the group, used on that loop alone.
    private let tables: [ObjectIdentifier: NIOLoopBoundBox<ConnectionTable>]

    init(
        configuration: HTTPServerConfiguration,
        responder: any Responder,
        group: any EventLoopGroup,
        certificates: CertificateStore?,
        metrics: MetricRegistry,
        clocks: Clocks
    ) {
        self.configuration = configuration
        self.responder = responder
        self.certificates = certificates
        let plane = ("plane", configuration.name.plane)
        self.connections = metrics.level(.connections, plane)
        self.connectionsRefused = metrics.counter(.connectionsRefused, plane)
        self.connectionsDenied = metrics.counter(.connectionsDenied, plane)
        self.handshakesFailed = metrics.counter(.handshakesFailed, plane)
        var tables: [ObjectIdentifier: NIOLoopBoundBox<ConnectionTable>] = [:]
        for eventLoop in group.makeIterator() {
            let table = ConnectionTable(eventLoop: eventLoop, clocks: clocks, limits: configuration)
            tables[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(table, eventLoop: eventLoop)
        }
        self.tables = tables
    }

    /// Sets a new connection up, or closes it; runs on the connection's loop.
    ///
    /// At the limit a connection makes room of which least is lost: the one of the same loop that has been idle for longest, or has sent
    /// its request for longest, else one of another loop. Where all are at work, the new one is closed.
    func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        let eventLoop = channel.eventLoop
        guard let table = self.tables[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("a connection runs on a loop that is not the server's")
        }
        guard self.isAllowed(channel.remoteAddress) else {
            self.connectionsDenied.increment()
            channel.close(promise: nil)
            return eventLoop.makeSucceededVoidFuture()
        }
        let count = self.open.add(1, ordering: .relaxed).newValue
        self.connections.increment()
        channel.closeFuture.whenComplete { _ in
            self.open.subtract(1, ordering: .relaxed)
            self.connections.decrement()
        }
        guard count > self.configuration.connectionsMax else {
            return eventLoop.makeCompletedFuture { try self.setUp(channel, table.value) }
        }
        return self.makeRoom(startingAt: table).hop(to: eventLoop).flatMapThrowing { hasRoom in
            if hasRoom { try self.setUp(channel, table.value) } else { self.refuse(channel) }
        }
    }

    /// Closes one connection of the loops' that may be closed, asking one loop after the other.
    ///
    /// - Returns: Whether there was one.
    private func makeRoom(startingAt own: NIOLoopBoundBox<ConnectionTable>) -> EventLoopFuture<Bool> {
        if own.value.closeLeast() { return own.eventLoop.makeSucceededFuture(true) }
        let others = self.tables.values.filter { $0.eventLoop !== own.eventLoop }
        return others.reduce(own.eventLoop.makeSucceededFuture(false)) { made, table in
            made.hop(to: table.eventLoop).map { $0 || table.value.closeLeast() }
        }
    }

    private func refuse(_ channel: any Channel) {
        self.connectionsRefused.increment()
        channel.close(promise: nil)
    }

    private func setUp(_ channel: any Channel, _ table: ConnectionTable) throws {
        guard !table.isDraining else { return self.refuse(channel) }
        try self.encrypt(channel)
        let decoder = RequestDecoder(limits: self.configuration)
        let handler = ConnectionHandler(
            configuration: self.configuration,
            responder: self.responder,
            table: table,
            decoder: decoder,
            direct: DirectOutput(socket: self.certificates == nil ? DirectOutput.socket(of: channel) : nil),
            clientAddress: channel.remoteAddress?.ipAddress
        )
        try channel.pipeline.syncOperations.addHandlers([
            InputGate(
                memo: table.heads,
                connection: handler,
                heldBytesMax: Self.readBytesMax + Self.heldBodiesMax * self.configuration.bodyBytesMax
            ),
            ByteToMessageHandler(decoder), handler,
        ])
    }

    private func isAllowed(_ address: SocketAddress?) -> Bool {
        guard case .tcp = self.configuration.address, !self.configuration.allowedClients.isEmpty else { return true }
        // A caller without an address has left already.
        guard let address else { return false }
        return self.configuration.allowedClients.contains { $0.contains(address) }
    }

    /// Puts TLS first, with the certificate of this moment, where the server has one.
    private func encrypt(_ channel: any Channel) throws {
        guard let certificates = self.certificates else { return }
        let handshake = HandshakeHandler(timeout: self.configuration.headerTimeout, failed: self.handshakesFailed)
        try channel.pipeline.syncOperations.addHandlers([
            NIOSSLServerHandler(context: try certificates.context()), handshake,
        ])
    }

    /// Waits until all connections are closed; after the time-out they are closed as they stand.
    func drain(within timeout: TimeAmount) async {
        await withTaskGroup(of: Void.self) { group in
            for table in self.tables.values {
                group.addTask { await Self.drain(table, within: timeout) }
            }
        }
    }

    private static func drain(_ table: NIOLoopBoundBox<ConnectionTable>, within timeout: TimeAmount) async {
        let eventLoop = table.eventLoop
        let drained = eventLoop.flatSubmit {
            let closing = eventLoop.scheduleTask(in: timeout) { table.value.closeAll() }
            return table.value.drain().always { _ in closing.cancel() }
        }
        // The promise of a drained table is only ever fulfilled.
        try? await drained.get()
    }
}
