import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Foundation
import NIOCore
import Testing

/// Where callers may come from.
@Suite("Allowed clients") struct AllowedClientTests {
    private static let call = Array(ConnectionTests.post("1", fields: ["Connection: close"]).utf8)

    @Test(
        "a caller from elsewhere is closed as it connects, and counted",
        arguments: [["10.0.0.0/8"], ["127.0.0.2/32", "::1"], ["::/0"]]
    )
    func elsewhere(ranges: [String]) async throws {
        let allowed = try ranges.map { try AddressRange($0) }
        let witness = WitnessResponder()
        try await ServerHarness.run(
            witness,
            configure: { $0.allowedClients = allowed },
            body: { server in
                for _ in 0..<3 {
                    let connection = try await server.connect()
                    // The server may have closed already.
                    try? await connection.send(Self.call)
                    let (bytes, hasEnded) = await connection.receiveToEnd()
                    #expect(hasEnded)
                    #expect(bytes.isEmpty)
                    await connection.close()
                }
                #expect(server.metrics.value(.connectionsDenied) == 3)
                #expect(server.metrics.value(.connections) == 0)
                #expect(server.metrics.value(.connectionsRefused) == 0)
                #expect(witness.bodies == [])
            }
        )
    }

    @Test(
        "a caller from an allowed place is served",
        arguments: [[], ["127.0.0.0/8"], ["10.0.0.0/8", "127.0.0.1"], ["0.0.0.0/0"]]
    )
    func allowed(ranges: [String]) async throws {
        let allowed = try ranges.map { try AddressRange($0) }
        try await ServerHarness.run(
            WitnessResponder(),
            configure: { $0.allowedClients = allowed },
            body: { server in
                let (messages, _) = try await server.exchange(Self.call)
                #expect(messages.map(\.status) == [200])
                #expect(server.metrics.value(.connectionsDenied) == 0)
            }
        )
    }

    @Test("a Unix domain socket takes no part in it")
    func unix() async throws {
        let range = try AddressRange("10.0.0.0/8")
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString.prefix(8)).sock"
        try await ServerHarness.run(
            WitnessResponder(),
            configure: {
                $0.address = .unix(path: path)
                $0.allowedClients = [range]
            },
            body: { server in
                let (messages, _) = try await server.exchange(Self.call)
                #expect(messages.map(\.status) == [200])
            }
        )
    }
}
