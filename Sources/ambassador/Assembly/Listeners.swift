import AmbassadorAdmin
import AmbassadorCore
import AmbassadorHTTP
import Logging
import NIOCore

/// The servers of both planes.
struct Listeners: Sendable {
    let data: HTTPServer
    let admin: HTTPServer

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
    }

    /// Takes the addresses of both planes before either accepts: who finds the one finds the other.
    ///
    /// - Returns: Where the data plane listens, with the port that the system chose.
    func bind() async throws -> SocketAddress? {
        let address = try await self.data.reserve()
        try await self.admin.reserve()
        try await self.admin.accept()
        try await self.data.accept()
        return address
    }

    func shutdown() async {
        await self.data.shutdown()
        await self.admin.shutdown()
    }
}
