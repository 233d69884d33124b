import AmbassadorCore
import AmbassadorTesting
import Foundation
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorHTTP

/// LangFlow behind TLS.
extension HTTPUpstreamTests {
    /// Calls a server that has a certificate for a name, and may ask for one, once.
    private static func outcome(
        names: String,
        requiresCertificate: Bool = false,
        _ settings: (TestAuthority) throws -> ClientTLSSettings
    ) async throws -> String {
        let group = MultiThreadedEventLoopGroup.singleton
        let authority = try TestAuthority()
        defer { authority.remove() }
        let server = try await TestUpstream.start(
            on: group,
            identity: try authority.identity("langflow", names: names),
            clientAuthority: requiresCertificate ? authority.certificate : nil
        ) { _ in .answer("{}") }
        var configuration = try UpstreamConfiguration(url: UpstreamURL("https://127.0.0.1:\(server.port)"))
        configuration.tls = try ClientTLS(settings(authority))
        let upstream = HTTPUpstream(configuration: configuration, group: group)
        let call = UpstreamCall(
            target: try #require(FlowName("faq")),
            body: ByteBuffer(string: "{}"),
            globalVariables: [],
            traceID: .random(),
            timeout: .seconds(10)
        )
        let outcome = await Self.outcome(upstream, call)
        await upstream.shutdown()
        await server.shutdown()
        return outcome
    }

    private static func trusting(_ authority: TestAuthority) -> ClientTLSSettings {
        var settings = ClientTLSSettings()
        settings.authorityFile = authority.certificate
        return settings
    }

    @Test("an authority of one's own is trusted where it is named, by an option or by SSL_CERT_FILE, and else is not")
    func authority() async throws {
        let names = "IP:127.0.0.1"
        #expect(try await Self.outcome(names: names) { Self.trusting($0) } == "200 {}")
        #expect(try await Self.outcome(names: names) { _ in ClientTLSSettings() } == "unreachable")
        let variable = try await Self.outcome(names: names) { authority in
            setenv("SSL_CERT_FILE", authority.certificate, 1)
            defer { unsetenv("SSL_CERT_FILE") }
            return ClientTLSSettings()
        }
        #expect(variable == "200 {}")
    }

    @Test("a certificate must be for the address, or for the name that is asked for")
    func serverName() async throws {
        #expect(try await Self.outcome(names: "DNS:langflow.test") { Self.trusting($0) } == "unreachable")
        for (name, expected) in [("langflow.test", "200 {}"), ("other.test", "unreachable")] {
            let outcome = try await Self.outcome(names: "DNS:langflow.test") { authority in
                var settings = Self.trusting(authority)
                settings.serverName = name
                return settings
            }
            #expect(outcome == expected)
        }
    }

    @Test("who asks for a certificate gets the one that is set, and without one is not called")
    func clientCertificate() async throws {
        let names = "IP:127.0.0.1"
        let with = try await Self.outcome(names: names, requiresCertificate: true) { authority in
            let identity = try authority.identity("ambassador")
            var settings = Self.trusting(authority)
            settings.certificateFile = identity.certificate
            settings.privateKeyFile = identity.key
            return settings
        }
        #expect(with == "200 {}")
        let without = try await Self.outcome(names: names, requiresCertificate: true) { Self.trusting($0) }
        #expect(["unreachable", "connectionLost"].contains(without))
    }

    @Test("files that cannot be used are named, with what is wrong")
    func files() throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let identity = try authority.identity("ambassador")
        var settings = ClientTLSSettings()
        func fault() -> String? {
            do throws(CertificateError) {
                try settings.check()
                return nil
            } catch {
                return error.description
            }
        }
        settings.authorityFile = authority.folder.path + "/none.pem"
        #expect(fault()?.contains("none.pem cannot be read") == true)
        settings.authorityFile = identity.key
        #expect(fault()?.hasSuffix("ambassador.key has no certificate in PEM") == true)
        settings.authorityFile = authority.certificate
        settings.certificateFile = identity.certificate
        #expect(fault()?.contains("needs the other one") == true)
        settings.privateKeyFile = try authority.identity("another").key
        #expect(fault()?.contains("cannot be used together") == true)
        settings.privateKeyFile = identity.key
        #expect(fault() == nil)
    }
}
