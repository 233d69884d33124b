import AmbassadorCore
import AmbassadorTesting
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorHTTP

@Suite("Where a server listens")
struct ListeningTests {
    private static func server(
        _ address: ListenAddress,
        name: ListenerName = .data
    ) -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        configuration.name = name
        configuration.address = address
        return HTTPServer(
            configuration: configuration,
            responder: WitnessResponder(),
            group: MultiThreadedEventLoopGroup.singleton,
            metrics: MetricRegistry(),
            clocks: .system,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Whether a request at an address is answered.
    private static func answers(at address: SocketAddress) async throws -> Bool {
        let connection = try await RawConnection.open(to: address, group: MultiThreadedEventLoopGroup.singleton)
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let (bytes, _) = await connection.receiveToEnd()
        await connection.close()
        return String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 ")
    }

    private static func error(of server: HTTPServer) async -> ListenError? {
        do {
            try await server.bind()
            return nil
        } catch let error as ListenError {
            return error
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test("localhost is both families, on one port, also where the system chooses it")
    func localhost() async throws {
        let server = Self.server(.tcp(host: "localhost", port: 0))
        let first = try #require(await server.bind())
        let port = try #require(first.port)
        #expect(port > 0)
        for host in ["127.0.0.1", "::1"] {
            #expect(try await Self.answers(at: try SocketAddress(ipAddress: host, port: port)), "\(host)")
        }
        await server.shutdown()
    }

    @Test("where one address of a name is taken, none is listened on, and the error says which and what to do")
    func portTaken() async throws {
        let other = Self.server(.tcp(host: "::1", port: 0))
        let port = try #require(try await other.bind()?.port)
        let error = try #require(await Self.error(of: Self.server(.tcp(host: "localhost", port: port), name: .admin)))
        #expect(error.reason == .portTaken(address: "::1", port: port))
        for part in ["admin.address localhost:\(port)", "the admin plane", "::1", "ss -ltnp", "set another port"] {
            #expect(error.description.contains(part), "\(error)")
        }
        await #expect(throws: (any Error).self) {
            try await Self.answers(at: try SocketAddress(ipAddress: "127.0.0.1", port: port))
        }
        await other.shutdown()
    }

    @Test("an address that is not this host's, or a name that has none, is named")
    func foreign() async throws {
        let foreign = await Self.error(of: Self.server(.tcp(host: "192.0.2.1", port: 0)))
        #expect(foreign?.reason == .foreignAddress("192.0.2.1"))
        let unknown = await Self.error(of: Self.server(.tcp(host: "nowhere.invalid", port: 0)))
        guard case .unresolved(host: "nowhere.invalid", _)? = unknown?.reason else {
            Issue.record("\(String(describing: unknown))")
            return
        }
    }

    @Test("nobody is answered before the server accepts, and whoever came is answered then")
    func reserved() async throws {
        let server = Self.server(.tcp(host: "127.0.0.1", port: 0))
        let address = try #require(try await server.reserve())
        // Somebody else cannot have it any more.
        let taken = await Self.error(of: Self.server(.tcp(host: "127.0.0.1", port: address.port ?? 0)))
        #expect(taken?.reason == .portTaken(address: "127.0.0.1", port: address.port ?? 0))
        let connection = try await RawConnection.open(to: address, group: MultiThreadedEventLoopGroup.singleton)
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try await server.accept()
        let (bytes, _) = await connection.receiveToEnd()
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        await connection.close()
        await server.shutdown()
    }

    @Test("what was only reserved is given back")
    func givenBack() async throws {
        let path = try Self.folder() + "/s"
        let first = Self.server(.unix(path: path))
        try await first.reserve()
        await first.shutdown()
        #expect(!FileManager.default.fileExists(atPath: path))
        let second = Self.server(.unix(path: path))
        #expect(await Self.error(of: second) == nil)
        await second.shutdown()
    }

    private static func folder() throws -> String {
        let folder = NSTemporaryDirectory() + "l" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("a socket on which somebody listens is not taken over")
    func liveSocket() async throws {
        let path = try Self.folder() + "/s"
        let first = Self.server(.unix(path: path))
        try await first.bind()
        let error = await Self.error(of: Self.server(.unix(path: path)))
        #expect(error?.reason == .socketTaken(path: path))
        #expect(error?.description.contains("stop it, or set another path") == true)
        #expect(try await Self.answers(at: try SocketAddress(unixDomainSocketPath: path)))
        await first.shutdown()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("what a process left behind is replaced; another kind of file is not")
    func staleSocket() async throws {
        let path = try Self.folder() + "/s"
        let left = try BoundSocket(try SocketAddress(unixDomainSocketPath: path), backlog: 1)
        close(left.descriptor)
        #expect(FileManager.default.fileExists(atPath: path))
        let server = Self.server(.unix(path: path))
        #expect(await Self.error(of: server) == nil)
        #expect(try await Self.answers(at: try SocketAddress(unixDomainSocketPath: path)))
        await server.shutdown()
        try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
        #expect(await Self.error(of: Self.server(.unix(path: path)))?.reason == .notASocket(path: path))
        #expect(FileManager.default.contents(atPath: path) == Data("kept".utf8))
        let missing = await Self.error(of: Self.server(.unix(path: path + ".d/s")))
        guard case .folder(path: path + ".d", _)? = missing?.reason else {
            Issue.record("\(String(describing: missing))")
            return
        }
    }

    @Test("a socket that another process has put in the place of one's own stays")
    func onlyOwn() async throws {
        let path = try Self.folder() + "/s"
        let server = Self.server(.unix(path: path))
        try await server.bind()
        unlink(path)
        let other = try BoundSocket(try SocketAddress(unixDomainSocketPath: path), backlog: 1)
        await server.shutdown()
        #expect(FileManager.default.fileExists(atPath: path))
        close(other.descriptor)
    }

    @Test("of many that start at once on one path, with a stale socket there, exactly one listens")
    func race() async throws {
        for _ in 0..<20 {
            let path = try Self.folder() + "/s"
            close(try BoundSocket(try SocketAddress(unixDomainSocketPath: path), backlog: 1).descriptor)
            let servers = (0..<8).map { _ in Self.server(.unix(path: path)) }
            let errors = await withTaskGroup(of: ListenError?.self) { group in
                for server in servers { group.addTask { await Self.error(of: server) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.count { $0 == nil } == 1)
            #expect(errors.compactMap { $0?.reason } == Array(repeating: .socketTaken(path: path), count: 7))
            #expect(try await Self.answers(at: try SocketAddress(unixDomainSocketPath: path)))
            for server in servers { await server.shutdown() }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
