package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An upstream on a port of its own that records what it gets and answers as it is told, well-formed or not.
package final class TestUpstream: Sendable {
    /// What is sent for a request.
    package struct Reply: Sendable {
        package enum End: Sendable {
            case keepOpen
            case close
            case reset
        }

        package var bytes: [UInt8]
        package var end: End
        /// Sends the rest of the reply as it sees fit, and says how it ends; in place of `end`.
        package var rest: (@Sendable (ReplyWriter) async throws -> End)?

        package init(bytes: [UInt8], end: End) {
            self.bytes = bytes
            self.end = end
        }

        /// The head of a chunked stream at once, and then what the closure sends.
        ///
        /// Where the other side has left, what the closure sends throws, and the connection is closed.
        package static func stream(
            fields: [String] = ["Content-Type: text/event-stream; charset=utf-8"],
            _ rest: @escaping @Sendable (ReplyWriter) async throws -> End
        ) -> Reply {
            let head = ["HTTP/1.1 200 OK"] + fields + ["Transfer-Encoding: chunked", "", ""]
            var reply = Reply.raw(head.joined(separator: "\r\n"))
            reply.rest = rest
            return reply
        }

        /// A well-formed answer with a `Content-Length`.
        package static func answer(
            _ body: String,
            status: String = "200 OK",
            fields: [String] = ["Content-Type: application/json"]
        ) -> Reply {
            let head = ["HTTP/1.1 \(status)"] + fields + ["Content-Length: \(body.utf8.count)", "", ""]
            return .raw(head.joined(separator: "\r\n") + body)
        }

        /// Bytes as they are.
        package static func raw(_ text: String, end: End = .keepOpen) -> Reply {
            Reply(bytes: Array(text.utf8), end: end)
        }

        /// Nothing, for ever.
        package static let silence = Reply(bytes: [], end: .keepOpen)
    }

    /// Decides on a reply; it may wait before it does.
    package typealias Script = @Sendable (RecordedRequest) async -> Reply

    private struct State {
        var requests: [RecordedRequest] = []
        var connections = 0
        var closedConnections = 0
        var open: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)
    private let boundPort = Mutex(0)
    private let script: Script

    private init(script: @escaping Script) {
        self.script = script
    }

    /// Listens on the loopback address.
    ///
    /// The script is called once for each complete request. With an identity it speaks TLS, and with an authority for its clients it asks
    /// each for a certificate.
    package static func start(
        on group: any EventLoopGroup,
        identity: TestAuthority.Identity? = nil,
        clientAuthority: String? = nil,
        script: @escaping Script
    ) async throws -> TestUpstream {
        let upstream = TestUpstream(script: script)
        let tls = try identity.map { try Self.tls($0, clientAuthority) }
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let handler = TestUpstreamHandler(upstream: upstream, connection: upstream.opened(channel))
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        upstream.listener.withLock { $0 = listener }
        upstream.boundPort.withLock { $0 = listener.localAddress?.port ?? 0 }
        return upstream
    }

    private static func tls(_ identity: TestAuthority.Identity, _ clientAuthority: String?) throws -> NIOSSLContext {
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        let chain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map {
            NIOSSLCertificateSource.certificate($0)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        if let clientAuthority {
            configuration = .makeServerConfigurationWithMTLS(
                certificateChain: chain,
                privateKey: key,
                trustRoots: .file(clientAuthority)
            )
        }
        configuration.shutdownTimeout = .milliseconds(100)
        return try NIOSSLContext(configuration: configuration)
    }

    /// What came so far, in the order in which it was complete.
    package var requests: [RecordedRequest] { self.state.withLock { $0.requests } }

    /// How many connections were opened so far.
    package var connections: Int { self.state.withLock { $0.connections } }

    /// How many connections have ended so far.
    package var closedConnections: Int { self.state.withLock { $0.closedConnections } }

    /// The port, also after the upstream was shut down.
    package var port: Int { self.boundPort.withLock { $0 } }

    /// The base address, for example `http://127.0.0.1:40123`.
    package var url: String { "http://127.0.0.1:\(self.port)" }

    /// Stops listening and closes all connections.
    package func shutdown() async {
        // Channels that are closed already are what is wanted.
        try? await self.listener.withLock { $0 }?.close().get()
        for channel in self.state.withLock({ Array($0.open.values) }) {
            try? await channel.close().get()
        }
    }

    private func opened(_ channel: any Channel) -> Int {
        let id = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in self.closed(id) }
        return self.state.withLock { state in
            state.open[id] = channel
            state.connections += 1
            return state.connections - 1
        }
    }

    private func closed(_ id: ObjectIdentifier) {
        self.state.withLock { state in
            _ = state.open.removeValue(forKey: id)
            state.closedConnections += 1
        }
    }

    fileprivate func reply(to request: RecordedRequest) async -> Reply {
        self.state.withLock { $0.requests.append(request) }
        return await self.script(request)
    }
}

/// Cuts what comes over a connection into requests with a `Content-Length`, and sends the replies.
private final class TestUpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let upstream: TestUpstream
    private let connection: Int
    private var bytes: [UInt8] = []

    init(upstream: TestUpstream, connection: Int) {
        self.upstream = upstream
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.bytes.append(contentsOf: self.unwrapInboundIn(data).readableBytesView)
        while let request = self.takeRequest() {
            Self.answer(request, of: self.upstream, over: context.channel)
        }
    }

    private static func answer(_ request: RecordedRequest, of upstream: TestUpstream, over channel: any Channel) {
        Task {
            let reply = await upstream.reply(to: request)
            await Self.send(reply, over: channel)
        }
    }

    private func takeRequest() -> RecordedRequest? {
        let end = Array("\r\n\r\n".utf8)
        guard let start = self.bytes.indices.first(where: { self.bytes[$0...].starts(with: end) }) else { return nil }
        let bodyStart = start + end.count
        let head = RecordedRequest(
            head: String(decoding: self.bytes[..<bodyStart], as: UTF8.self),
            body: [],
            connection: self.connection
        )
        let length = head.field("content-length").flatMap { Int($0) } ?? 0
        guard self.bytes.count >= bodyStart + length else { return nil }
        let body = Array(self.bytes[bodyStart..<(bodyStart + length)])
        self.bytes.removeFirst(bodyStart + length)
        return RecordedRequest(head: head.head, body: body, connection: self.connection)
    }

    private static func send(_ reply: TestUpstream.Reply, over channel: any Channel) async {
        // The other side may be gone by now, which is often what is tested.
        if !reply.bytes.isEmpty {
            try? await channel.writeAndFlush(ByteBuffer(bytes: reply.bytes)).get()
        }
        var end = reply.end
        if let rest = reply.rest { end = (try? await rest(ReplyWriter(channel: channel))) ?? .close }
        switch end {
        case .keepOpen:
            break
        case .close:
            try? await channel.close().get()
        case .reset:
            try? await channel.closeByReset()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Sends a reply's bytes piece by piece.
package struct ReplyWriter: Sendable {
    fileprivate let channel: any Channel

    /// Sends text as it is; returns once the kernel has it.
    package func send(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text))
    }

    package func send(_ bytes: ByteBuffer) async throws {
        try await self.channel.writeAndFlush(bytes)
    }

    package func sendChunk(_ text: String) async throws {
        try await self.send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    package func sendLastChunk() async throws {
        try await self.send("0\r\n\r\n")
    }

    /// Waits until the other side has closed.
    package func untilClosed() async throws {
        try await self.channel.closeFuture.get()
    }
}
