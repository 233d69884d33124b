import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorIdentity

@Suite("A key server that fails")
struct KeyOutageTests {
    /// A way to fail, for a name in the test's output.
    struct Failure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reply: TestUpstream.Reply

        init(_ name: String, _ reply: TestUpstream.Reply) {
            self.testDescription = name
            self.reply = reply
        }
    }

    private static let failures = [
        Failure("an error", .answer("{}", status: "500 Internal Server Error")),
        Failure("a redirect", .answer("", status: "302 Found", fields: ["Location: http://127.0.0.1:1/jwks"])),
        Failure("no content", .answer("", status: "200 OK")),
        Failure("no JSON", .answer("<html>")),
        Failure("no key set", .answer("[]")),
        Failure("an empty key set", .answer("{\"keys\":[]}")),
        Failure("two lists of keys", .answer("{\"keys\":[],\"keys\":[]}")),
        Failure("no key of use", .answer("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}")),
        Failure("over 1 MiB", .answer("{\"keys\":[]}" + String(repeating: " ", count: 1 << 20))),
        Failure("a cut answer", .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\":[", end: .close)),
        Failure("no HTTP", .raw("SSH-2.0-OpenSSH\r\n\r\n", end: .close)),
        Failure("a closed connection", .raw("", end: .close)),
        Failure("a reset connection", .raw("", end: .reset)),
    ]

    @Test("the keys that were read last stay in use, whatever the server says", arguments: Self.failures)
    func lastGoodKeys(failure: Failure) async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([try keys.jwk(.es256, #""kid":"ec""#)]) { server in
            let authenticator = try server.authenticator()
            let old = try server.forge.token()
            #expect(await server.judge(old, authenticator).fault == nil)
            server.answer(failure.reply)
            server.clock.advance(by: .seconds(61))
            #expect(
                await server.judge(try server.forge.token(.es256, kid: "new"), authenticator).fault == .unknownKeyID
            )
            #expect(server.requests.count == 2)
            #expect(server.metrics.keyReadFailures.value == 1)
            #expect(await server.judge(old, authenticator).fault == nil)
            // No second request within the limit, although the first one failed.
            #expect(
                await server.judge(try server.forge.token(.es256, kid: "new"), authenticator).fault == .unknownKeyID
            )
            #expect(server.requests.count == 2)
        }
    }

    @Test("a server that never answers costs a caller the timeout and no more")
    func silence() async throws {
        try await KeyServer.with([], timeout: .milliseconds(50)) { server in
            server.answer(.silence)
            let authenticator = try server.authenticator()
            #expect(await server.judge(try server.forge.token(), authenticator).fault == .keysUnavailable)
            #expect(server.metrics.keyReadFailures.value == 1)
            #expect(authenticator.issuersWithoutKeys == [TokenForge.issuer])
        }
    }

    @Test("after stale_max the keys are no longer used, and come back with the server")
    func staleMax() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([try keys.jwk(.es256, #""kid":"ec""#)]) { server in
            let authenticator = try server.authenticator()
            let token = try server.forge.token("exp", "\(TokenForge.now + 1_000_000)")
            #expect(await server.judge(token, authenticator).fault == nil)
            server.answer(.answer("{}", status: "503 Service Unavailable"))
            server.clock.advance(by: .seconds(86_400))
            #expect(await server.judge(token, authenticator).fault == nil)
            #expect(authenticator.issuersWithoutKeys == [])
            server.clock.advance(by: .seconds(61))
            for _ in 0..<20 {
                #expect(await server.judge(token, authenticator).fault == .keysUnavailable)
            }
            #expect(server.requests.count == 2)
            #expect(authenticator.issuersWithoutKeys == [TokenForge.issuer])
            server.publish([try keys.jwk(.es256, #""kid":"ec""#)])
            server.clock.advance(by: .seconds(30))
            #expect(await server.judge(token, authenticator).fault == nil)
            #expect(authenticator.issuersWithoutKeys == [])
        }
    }

    @Test("a server that cannot be reached is asked again only after thirty seconds")
    func unreachable() async throws {
        try await KeyServer.with([]) { server in
            let authenticator = try server.authenticator()
            await server.stopListening()
            for _ in 0..<5 {
                #expect(await server.judge(try server.forge.token(), authenticator).fault == .keysUnavailable)
            }
            #expect(server.metrics.keyReads.value == 1)
            server.clock.advance(by: .seconds(30))
            #expect(await server.judge(try server.forge.token(), authenticator).fault == .keysUnavailable)
            #expect(server.metrics.keyReads.value == 2)
        }
    }
}
