import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Logging
import NIOCore
import NIOPosix

/// A server on a port of its own, for the length of a test.
struct ServerHarness {
    let server: HTTPServer
    let address: SocketAddress
    let metrics: MetricRegistry
    let group: any EventLoopGroup
    /// Of the one loop on which the server and its callers run.
    let turns: LoopTurns

    struct NotBound: Error {}

    func connect() async throws -> RawConnection {
        try await RawConnection.open(to: self.address, group: self.group)
    }

    /// Sends bytes, shuts the sending side where told, and gives all that comes back until the server's end.
    func exchange(_ bytes: [UInt8], byteByByte: Bool = false) async throws -> (messages: [ResponseMessage], ended: Bool)
    {
        let connection = try await self.connect()
        if byteByByte {
            // The server may close before it has all; what it said is then read all the same.
            try? await connection.sendByteByByte(bytes, self.turns)
        } else {
            try await connection.send(bytes)
        }
        let (received, ended) = await connection.receiveToEnd()
        await connection.close()
        return (ResponseMessage.all(in: received), ended)
    }

    static func run(
        _ responder: any Responder,
        configure: (inout HTTPServerConfiguration) -> Void = { _ in },
        body: (ServerHarness) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = HTTPServerConfiguration()
        configuration.address = .tcp(host: "127.0.0.1", port: 0)
        configuration.lingerTimeout = .milliseconds(100)
        configure(&configuration)
        let metrics = MetricRegistry()
        let server = HTTPServer(
            configuration: configuration,
            responder: responder,
            group: group,
            metrics: metrics,
            clocks: .system,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        guard let address = try await server.bind() else { throw NotBound() }
        let turns = try await LoopTurns.make(on: group.next())
        let harness = ServerHarness(server: server, address: address, metrics: metrics, group: group, turns: turns)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(harness))
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        try await turns.close()
        try await group.shutdownGracefully()
        try result.get()
    }
}

/// A response as it came over the wire.
struct ResponseMessage: Equatable {
    let status: Int
    /// Lines of the head after the first, as they are.
    let fields: [String]
    let body: String

    func field(_ name: String) -> String? {
        self.fields.first { $0.lowercased().hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// Cuts bytes into responses by their `Content-Length`; a last one that is incomplete is left out.
    ///
    /// - Parameters:
    ///   - bytes: All that came.
    ///   - isHEAD: Whether none of them has its body.
    ///   - bodiless: The places of those that have no body, counted from zero.
    /// - Returns: The whole ones, in their order.
    static func all(in bytes: [UInt8], isHEAD: Bool = false, bodiless: Set<Int> = []) -> [ResponseMessage] {
        var messages: [ResponseMessage] = []
        var rest = bytes[...]
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n").map(
                String.init
            )
            let words = lines.first?.split(separator: " ") ?? []
            let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            let fields = Array(lines.dropFirst())
            let length = fields.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
            let bodyLength = isHEAD || bodiless.contains(messages.count) ? 0 : length
            guard rest.endIndex - end.upperBound >= bodyLength else { break }
            let body = String(decoding: rest[end.upperBound..<(end.upperBound + bodyLength)], as: UTF8.self)
            messages.append(ResponseMessage(status: status, fields: fields, body: body))
            rest = rest[(end.upperBound + bodyLength)...]
        }
        return messages
    }
}

extension MetricRegistry {
    /// What a counter or a level of the data plane stands at; `nil` where there is none.
    func value(_ metric: MetricName) -> Int? {
        let sample = metric.name + #"{plane="data"} "#
        let lines = String(buffer: PrometheusText.render(self)).split(separator: "\n")
        return lines.first { $0.hasPrefix(sample) }.flatMap { Int($0.dropFirst(sample.count)) }
    }
}
