import AmbassadorHTTP
import AmbassadorTesting
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import ambassador

@Suite("A listener for probes alone")
struct ProbeListenerTests {
    @Test("it answers probes and metrics under any name, and nothing else")
    func probes() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let upstream = try await TestUpstream.langFlow(on: group)
        let socket = NSTemporaryDirectory() + "p" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try await withAmbassador(
            upstream: upstream.url,
            store: try temporaryStore(),
            settings: #"probes: {address: "unix:\#(socket)"}"#
        ) { ambassador in
            let address = try SocketAddress(unixDomainSocketPath: socket)
            for (method, path, status) in [
                ("GET", "/healthz", 200), ("GET", "/livez", 200), ("GET", "/readyz", 200), ("HEAD", "/readyz", 200),
                ("GET", "/health", 200), ("HEAD", "/health_check", 200), ("POST", "/health", 405),
                ("GET", "/metrics", 200), ("POST", "/metrics", 405), ("POST", "/run-flow", 404),
                ("GET", "/admin/v1/cache/stats", 404), ("POST", "/admin/v1/cache/purge", 404),
            ] {
                let connection = try await RawConnection.open(to: address, group: group)
                try await connection.send(
                    "\(method) \(path) HTTP/1.1\r\nHost: 10.0.0.7:9000\r\nConnection: close\r\n\r\n"
                )
                let (bytes, _) = await connection.receiveToEnd()
                let answer = String(decoding: bytes, as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(method) \(path)")
                #expect(answer.contains("ambassador_connections{") == (method == "GET" && path == "/metrics"))
                #expect(answer.hasSuffix("\r\n\r\n") == (method == "HEAD"))
                await connection.close()
            }
        }
        #expect(!FileManager.default.fileExists(atPath: socket))
        await upstream.shutdown()
    }
}
