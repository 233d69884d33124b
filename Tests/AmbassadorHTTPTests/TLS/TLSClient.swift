import AmbassadorTesting
import NIOCore
import NIOSSL

/// A caller that speaks TLS to a server under test.
struct TLSClient {
    var configuration: TLSConfiguration

    init(trusting authority: String, identity: TestAuthority.Identity? = nil) throws {
        self.configuration = .makeClientConfiguration()
        self.configuration.trustRoots = .file(authority)
        self.configuration.shutdownTimeout = .milliseconds(100)
        self.configuration.applicationProtocols = ["h2", "http/1.1"]
        if let identity {
            self.configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map {
                .certificate($0)
            }
            self.configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        }
    }

    func connect(to server: ServerHarness) async throws -> RawConnection {
        let context = try NIOSSLContext(configuration: self.configuration)
        return try await RawConnection.open(to: server.address, group: server.group) { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
    }

    /// Sends one call; what comes back is empty where the server did not take the caller.
    func statuses(of server: ServerHarness, body: String = "1") async throws -> [Int] {
        let connection = try await self.connect(to: server)
        // A handshake that fails fails what was to be sent after it.
        try? await connection.send(ConnectionTests.post(body, fields: ["Connection: close"]))
        let (bytes, _) = await connection.receiveToEnd()
        await connection.close()
        return ResponseMessage.all(in: bytes).map(\.status)
    }
}
