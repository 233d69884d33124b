import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOPosix
import Testing

@testable import ambassador

@Suite("The commands' side of the admin API")
struct AdminClientTests {
    private static let refusal = #"{"error":"Show one valid credential."}"#

    private func withAdmin(
        _ reply: String,
        _ body: (ListenAddress, TestUpstream) async throws -> Void
    ) async throws {
        let server = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { _ in .raw(reply) }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(.tcp(host: "127.0.0.1", port: server.port), server))
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        try result.get()
    }

    @Test("a key is shown where there is one, and in that one header")
    func key() async throws {
        try await self.withAdmin("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") { address, server in
            _ = try await HTTPAdminClient(place: AdminPlace(address), key: Secret("amb_x")).cacheStatistics()
            _ = try await HTTPAdminClient(place: AdminPlace(address)).cacheStatistics()
            #expect(server.requests.map { $0.field("authorization") } == ["Bearer amb_x", nil])
            #expect(server.requests.allSatisfy { $0.field("x-api-key") == nil })
        }
    }

    @Test("a refusal is told with its reason and what to do, without the key")
    func refused() async throws {
        let length = Self.refusal.utf8.count
        let reply = "HTTP/1.1 401 Unauthorized\r\nContent-Length: \(length)\r\n\r\n\(Self.refusal)"
        try await self.withAdmin(reply) { address, _ in
            let error = await #expect(throws: CommandFailure.self) {
                try await HTTPAdminClient(place: AdminPlace(address), key: Secret("amb_x")).purge(
                    PurgeRequest(all: true)
                )
            }
            let text = try #require(error?.description)
            #expect(text.contains("401") && text.contains("Show one valid credential."))
            #expect(text.contains(AdminKey.variable) && !text.contains("amb_x"))
        }
    }
}
