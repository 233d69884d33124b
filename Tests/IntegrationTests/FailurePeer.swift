import AmbassadorTesting
import Glibc
import NIOCore
import NIOPosix

/// Something at LangFlow's place that is not LangFlow.
enum FailurePeer {
    /// Runs a server that sends bytes as soon as any have come, and closes.
    static func answering<Result>(
        _ bytes: [UInt8],
        on group: any EventLoopGroup,
        _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswersAnything(bytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result = try await body(listener.localAddress?.port ?? 0)
        try await listener.close().get()
        return result
    }

    /// A port that nobody listens on.
    static func closedPort(on group: any EventLoopGroup) async throws -> Int {
        let listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close().get()
        return port
    }

    /// Runs a listener whose queue is full, so that the kernel answers no further connection.
    static func silent<Result>(_ body: (_ port: Int) async throws -> Result) async throws -> Result {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw IOError(errnoCode: errno, reason: "bind") }
        let waiting = (0..<4).map { _ in Self.connect(to: address) }
        defer { for descriptor in waiting { close(descriptor) } }
        return try await body(Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func connect(to address: sockaddr_in) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = address
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}

private final class AnswersAnything: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.bytes))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
