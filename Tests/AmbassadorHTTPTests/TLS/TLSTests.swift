import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Foundation
import NIOCore
import NIOSSL
import Testing

/// Encrypted connections, and callers known by their certificates.
@Suite("TLS") struct TLSTests {
    private static func settings(_ identity: TestAuthority.Identity, clientAuthority: String? = nil) -> TLSSettings {
        var settings = TLSSettings(
            certificateFile: identity.certificate,
            privateKeyFile: identity.key,
            clientAuthorityFile: clientAuthority
        )
        settings.checkInterval = .milliseconds(20)
        return settings
    }

    /// Runs a server with a certificate of an authority that is there for the test.
    private static func run(
        requiresCertificate: Bool = false,
        configure: (inout HTTPServerConfiguration) -> Void = { _ in },
        body: (ServerHarness, TestAuthority, WitnessResponder) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("server")
        let witness = WitnessResponder()
        try await ServerHarness.run(
            witness,
            configure: {
                $0.tls = Self.settings(identity, clientAuthority: requiresCertificate ? authority.certificate : nil)
                configure(&$0)
            },
            body: { try await body($0, authority, witness) }
        )
    }

    @Test("calls are answered over TLS 1.2 and 1.3, great ones too", arguments: [TLSVersion.tlsv12, .tlsv13])
    func call(version: TLSVersion) async throws {
        try await Self.run { server, authority, witness in
            var client = try TLSClient(trusting: authority.certificate)
            client.configuration.minimumTLSVersion = version
            client.configuration.maximumTLSVersion = version
            let large = String(repeating: "1", count: 1 << 20)
            let connection = try await client.connect(to: server)
            try await connection.send(ConnectionTests.post("1") + ConnectionTests.post(large))
            try await connection.send(ConnectionTests.post("2", fields: ["Connection: close"]))
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            #expect(ResponseMessage.all(in: bytes).map(\.body) == ["1", large, "2"])
            #expect(witness.decided.count == 3)
            #expect(server.metrics.value(.handshakesFailed) == 0)
            await connection.close()
        }
    }

    @Test("a caller that leaves in order is found out while it waits, as without TLS")
    func leaving() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("server")
        let stream = ScriptedStream()
        try await ServerHarness.run(
            StreamedResponseTests.streaming(stream),
            configure: { $0.tls = Self.settings(identity) },
            body: { server in
                let connection = try await TLSClient(trusting: authority.certificate).connect(to: server)
                try await connection.send(StreamedResponseTests.request)
                stream.put("one\n\n")
                _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
                await connection.close()
                try await eventually("the stream is abandoned") { stream.abandoned == 1 }
            }
        )
    }

    @Test("versions before the oldest allowed are refused")
    func versions() async throws {
        try await Self.run { server, authority, witness in
            var client = try TLSClient(trusting: authority.certificate)
            client.configuration.minimumTLSVersion = .tlsv1
            client.configuration.maximumTLSVersion = .tlsv11
            #expect(try await client.statuses(of: server) == [])
            #expect(witness.bodies == [])
        }
        try await Self.run(
            configure: { $0.tls?.minimumVersion = .tls13 },
            body: { server, authority, witness in
                var client = try TLSClient(trusting: authority.certificate)
                client.configuration.maximumTLSVersion = .tlsv12
                #expect(try await client.statuses(of: server) == [])
                #expect(witness.bodies == [])
                client.configuration.maximumTLSVersion = nil
                #expect(try await client.statuses(of: server) == [200])
            }
        )
    }

    @Test(
        "a caller without TLS is closed and gets no answer",
        arguments: ["POST /run-flow HTTP/1.1\r\nHost: a\r\n\r\n", "\u{0}", "SSH-2.0-x\r\n"]
    )
    func plain(text: String) async throws {
        try await Self.run(
            configure: { $0.headerTimeout = .milliseconds(200) },
            body: { server, _, witness in
                let connection = try await server.connect()
                try await connection.send(text)
                let (bytes, hasEnded) = await connection.receiveToEnd()
                #expect(hasEnded)
                #expect(ResponseMessage.all(in: bytes) == [])
                #expect(witness.bodies == [])
                #expect(server.metrics.value(.handshakesFailed) == 1)
                await connection.close()
            }
        )
    }

    @Test(
        "a handshake that does not go on is closed in time",
        arguments: [[], [0x16], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]]
    )
    func stalled(bytes: [UInt8]) async throws {
        try await Self.run(
            configure: { $0.headerTimeout = .milliseconds(200) },
            body: { server, authority, _ in
                let connection = try await server.connect()
                try await connection.send(bytes)
                #expect(await connection.receiveToEnd().ended)
                #expect(server.metrics.value(.handshakesFailed) == 1)
                await connection.close()
                #expect(try await TLSClient(trusting: authority.certificate).statuses(of: server) == [200])
            }
        )
    }

    @Test("where callers need a certificate, only one of the right authority is taken")
    func clientCertificates() async throws {
        try await Self.run(requiresCertificate: true) { server, authority, witness in
            let other = try TestAuthority(name: "other authority")
            defer { other.remove() }
            let none = try TLSClient(trusting: authority.certificate)
            #expect(try await none.statuses(of: server) == [])
            let wrong = try TLSClient(trusting: authority.certificate, identity: try other.identity("caller"))
            #expect(try await wrong.statuses(of: server) == [])
            #expect(witness.bodies == [])
            let right = try TLSClient(trusting: authority.certificate, identity: try authority.identity("caller"))
            #expect(try await right.statuses(of: server) == [200])
        }
    }

    @Test("a certificate that changes is served to new connections; one that is broken is not, and the server says so")
    func reload() async throws {
        try await Self.run { server, authority, _ in
            let other = try TestAuthority(name: "next authority")
            defer { other.remove() }
            let next = try other.identity("server")
            let before = try TLSClient(trusting: authority.certificate)
            let after = try TLSClient(trusting: other.certificate)
            let kept = try await before.connect(to: server)
            try await kept.send(ConnectionTests.post("1"))
            #expect(
                ResponseMessage.all(in: await kept.receive { !ResponseMessage.all(in: $0).isEmpty }).map(\.status) == [
                    200
                ]
            )
            #expect(try await after.statuses(of: server) == [])

            // The key alone first: the two do not go together.
            try Self.replace("server.key", of: authority, with: next.key)
            try await eventually { server.server.certificateComplaint != nil }
            #expect(try await before.statuses(of: server) == [200])
            try Self.replace("server.pem", of: authority, with: next.certificate)
            try await eventually { server.server.certificateComplaint == nil }
            #expect(try await after.statuses(of: server) == [200])
            #expect(try await before.statuses(of: server) == [])

            // A connection keeps what it began with.
            try await kept.send(ConnectionTests.post("2", fields: ["Connection: close"]))
            #expect(ResponseMessage.all(in: await kept.receiveToEnd().bytes).map(\.body) == ["1", "2"])
            await kept.close()

            try Data("no certificate".utf8).write(to: authority.folder.appendingPathComponent("server.pem"))
            try await eventually { server.server.certificateComplaint != nil }
            #expect(try await after.statuses(of: server) == [200])
        }
    }

    @Test("a certificate that has expired is kept out when it comes, and one that is valid is taken then")
    func expired() async throws {
        try await Self.run { server, authority, _ in
            let days = try #require(server.metrics.days(of: "server"))
            #expect(1.9...2.1 ~= days)
            let client = try TLSClient(trusting: authority.certificate)
            let old = try authority.identity("old", days: -1)
            let next = try authority.identity("next", days: 30)
            // Both at once, so that only the certificate's age is in the way.
            try Self.replace("server.key", of: authority, with: old.key)
            try Self.replace("server.pem", of: authority, with: old.certificate)
            try await eventually { server.server.certificateComplaint?.contains("has expired") == true }
            #expect(server.server.certificateComplaint?.contains("the one read before is served") == true)
            #expect(try await client.statuses(of: server) == [200])
            #expect(server.metrics.days(of: "server").map { 1.9...2.1 ~= $0 } == true)
            try Self.replace("server.key", of: authority, with: next.key)
            try Self.replace("server.pem", of: authority, with: next.certificate)
            try await eventually { server.server.certificateComplaint == nil }
            #expect(server.metrics.days(of: "server").map { 29.9...30.1 ~= $0 } == true)
            #expect(try await client.statuses(of: server) == [200])
        }
    }

    @Test("a server that begins with an expired certificate says so, and how long ago that was")
    func expiredAtTheStart() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("old", days: -1)
        try await ServerHarness.run(
            WitnessResponder(),
            configure: { $0.tls = Self.settings(identity) },
            body: { server in
                let complaint = "The certificate that is served has expired or is not valid yet"
                #expect(server.server.certificateComplaint == complaint)
                #expect(server.metrics.days(of: "server").map { -1.1...(-0.9) ~= $0 } == true)
            }
        )
    }

    @Test("authorities that have all expired are kept out likewise; one of them that has not is enough")
    func authorities() async throws {
        try await Self.run(requiresCertificate: true) { server, authority, _ in
            let caller = try TLSClient(trusting: authority.certificate, identity: try authority.identity("caller"))
            #expect(try await caller.statuses(of: server) == [200])
            let file = authority.folder.appendingPathComponent("ca.pem")
            let own = try Data(contentsOf: file)
            let ended = try Data(contentsOf: URL(fileURLWithPath: try authority.identity("old", days: -1).certificate))
            try ended.write(to: file, options: .atomic)
            try await eventually { server.server.certificateComplaint?.contains("has expired") == true }
            let days = server.metrics.days(of: "client_ca")
            #expect(days.map { 1.9...2.1 ~= $0 } == true)
            try (ended + own).write(to: file, options: .atomic)
            try await eventually { server.server.certificateComplaint == nil }
            #expect(try await caller.statuses(of: server) == [200])
        }
    }

    private static func replace(_ name: String, of authority: TestAuthority, with path: String) throws {
        let place = authority.folder.appendingPathComponent(name)
        let copy = authority.folder.appendingPathComponent(name + ".new")
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy.path)
        try FileManager.default.removeItem(at: place)
        try FileManager.default.moveItem(at: copy, to: place)
    }

    @Test(
        "files that cannot be used keep the server from starting, and the error names the file and nothing of its content"
    )
    func badFiles() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let good = try authority.identity("server")
        let other = try authority.identity("other")
        let folder = authority.folder.path
        try Data("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n".utf8).write(
            to: authority.folder.appendingPathComponent("broken.key")
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/broken.key")
        try FileManager.default.copyItem(atPath: good.key, toPath: folder + "/open.key")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/open.key")
        let cases: [(certificate: String, key: String, authority: String?, named: String)] = [
            (folder + "/none.pem", good.key, nil, "none.pem"),
            (good.certificate, folder + "/none.key", nil, "none.key"),
            (good.certificate, folder + "/open.key", nil, "open.key"),
            (good.certificate, folder + "/broken.key", nil, "broken.key"),
            (folder, good.key, nil, "regular file"), (good.certificate, other.key, nil, "together"),
            (good.key, good.key, nil, "no certificate"),
            (good.certificate, good.key, folder + "/server.csr", "server.csr"),
        ]
        for (certificate, key, clientAuthority, named) in cases {
            let settings = TLSSettings(
                certificateFile: certificate,
                privateKeyFile: key,
                clientAuthorityFile: clientAuthority
            )
            let error = #expect(throws: CertificateError.self) { try settings.check() }
            #expect(error?.description.contains(named) == true, "\(error?.description ?? "none")")
            #expect(error?.description.contains("c2VjcmV0") != true)
            await #expect(throws: CertificateError.self) {
                try await ServerHarness.run(WitnessResponder(), configure: { $0.tls = settings }, body: { _ in })
            }
        }
        try Self.settings(good, clientAuthority: authority.certificate).check()
    }
}

extension MetricRegistry {
    /// The days that a certificate in use has left.
    fileprivate func days(of certificate: String) -> Double? {
        let sample = MetricName.certificateDays.name + "{certificate=\"\(certificate)\"} "
        let lines = String(buffer: PrometheusText.render(self)).split(separator: "\n")
        return lines.first { $0.hasPrefix(sample) }.flatMap { Double($0.dropFirst(sample.count)) }
    }
}
