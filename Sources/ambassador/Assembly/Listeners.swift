import AmbassadorAdmin
import AmbassadorCore
import AmbassadorHTTP
import Logging
import NIOCore

/// The servers of all planes.
struct Listeners: Sendable {
    let data: HTTPServer
    let admin: HTTPServer
    /// `nil` where probes come to the data plane.
    let probes: HTTPServer?

    init(
        _ configuration: AmbassadorConfiguration,
        _ ambassador: Ambassador,
        _ plane: AdminPlane,
        _ group: any EventLoopGroup,
        _ registry: MetricRegistry,
        _ clocks: Clocks,
        _ logger: Logger
    ) {
        let room = configuration.connectionRoom(loops: group.makeIterator().reduce(0) { count, _ in count + 1 })
        room.say(to: logger)
        var data = configuration.serverConfiguration
        data.connectionsMax = room.data
        self.data = HTTPServer(
            configuration: data,
            responder: ambassador,
            group: group,
            metrics: registry,
            clocks: clocks,
            logger: logger
        )
        var admin = configuration.adminServerConfiguration
        admin.connectionsMax = room.admin
        self.admin = HTTPServer(
            configuration: admin,
            responder: PlainPlane(plane),
            group: group,
            metrics: registry,
            clocks: clocks,
            logger: logger
        )
        self.probes = configuration.probeServerConfiguration.map { configuration in
            var probes = configuration
            probes.connectionsMax = room.admin
            return HTTPServer(
                configuration: probes,
                responder: PlainPlane(ProbeRoutes(ambassador: ambassador, metrics: registry)),
                group: group,
                metrics: registry,
                clocks: clocks,
                logger: logger
            )
        }
    }

    /// In the order in which they start; stopped in the reverse one.
    var all: [HTTPServer] { [self.probes, self.admin, self.data].compactMap { $0 } }

    /// Takes the addresses of all planes before any accepts: who finds the one finds the others.
    ///
    /// - Returns: Where the data plane listens, with the port that the system chose.
    func bind() async throws -> SocketAddress? {
        let address = try await self.data.reserve()
        for server in [self.admin, self.probes] { try await server?.reserve() }
        for server in self.all { try await server.accept() }
        return address
    }

    func shutdown() async {
        for server in self.all.reversed() { await server.shutdown() }
    }
}
