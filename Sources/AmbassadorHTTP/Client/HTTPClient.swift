import AmbassadorCore
package import NIOCore
package import NIOHTTP1

/// How a server's connections are kept.
package struct HTTPClientConfiguration: Sendable {
    /// For the look-up of the name and the connection.
    package var connectTimeout: TimeAmount = .seconds(2)
    /// How long a connection is kept for the next call.
    package var idleTimeout: TimeAmount = .seconds(4)
    /// How many idle connections an event loop keeps.
    package var idleConnectionsMax = 64
    /// Most bytes of an answer's field names and values.
    package var headBytesMax = 256 << 10

    package init() {}
}

/// An HTTP/1.1 client of one server: no redirects, no proxies, no retries.
///
/// Each event loop has connections of its own, and a call stays on one loop: that of the thread that asks, if it is one of the
/// group's. What a server does is never able to end the process: there is no state in which any event is not provided for.
package final class HTTPClient: Sendable {
    private let group: any EventLoopGroup
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<HTTPConnectionPool>]

    /// Makes a client that has no connection yet.
    ///
    /// - Parameters:
    ///   - origin: the server.
    ///   - configuration: of its connections.
    ///   - tls: how it is verified; as the system says where `nil`. Used for TLS only.
    ///   - group: runs the connections; its owner shuts it down, after the client.
    package init(
        origin: HTTPOrigin,
        configuration: HTTPClientConfiguration,
        tls: ClientTLS? = nil,
        group: any EventLoopGroup
    ) {
        self.group = group
        let tls = origin.isTLS ? tls.map { .success($0) } ?? Result { try ClientTLS() } : nil
        var pools: [ObjectIdentifier: NIOLoopBoundBox<HTTPConnectionPool>] = [:]
        for eventLoop in group.makeIterator() {
            let pool = HTTPConnectionPool(
                origin: origin,
                configuration: configuration,
                tls: tls,
                eventLoop: eventLoop
            )
            pools[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(pool, eventLoop: eventLoop)
        }
        self.pools = pools
    }

    /// Sends a request and has its answer received.
    func start(_ request: HTTPRequest, deadline: NIODeadline, receiver: any HTTPAnswerReceiver) -> HTTPCall {
        let eventLoop = self.group.any()
        let call = HTTPCall(request, deadline: deadline, receiver: receiver, on: eventLoop)
        guard let pool = self.pools[ObjectIdentifier(eventLoop)] else {
            eventLoop.runNow { call.fail(HTTPCallError.shutDown) }
            return call
        }
        eventLoop.runNow { pool.value.run(call) }
        return call
    }

    /// Sends a request and waits for its whole answer; cancelling the task gives the call up.
    package func send(
        _ request: HTTPRequest,
        bytesMax: Int,
        deadline: NIODeadline
    ) async throws(HTTPCallError) -> (head: HTTPResponseHead, body: ByteBuffer) {
        let collector = BodyCollector(bytesMax: bytesMax)
        let call = self.start(request, deadline: deadline, receiver: collector)
        return try await withTaskCancellationHandler {
            await collector.outcome.value()
        } onCancel: {
            call.cancel()
        }.get()
    }

    /// Closes idle connections and gives up the calls that are under way.
    package func shutdown() async {
        for pool in self.pools.values {
            // It fails only where the event loop has ended, and its connections with it.
            try? await pool.eventLoop.submit { pool.value.shutdown() }.get()
        }
    }
}
