import AmbassadorCore
import AmbassadorTesting
import Foundation
import Testing

@testable import AmbassadorIdentity

@Suite("Reading keys from time to time")
struct JWKSRefresherTests {
    @Test("a published set is fetched at the start and at its interval, after a failure sooner")
    func interval() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([try keys.jwk(.es256, #""kid":"ec""#)]) { server in
            let authenticator = try server.authenticator()
            let refresher = JWKSRefresher(authenticator, clocks: server.clock.clocks, sleeper: server.clock.sleeper)
            let service = Task { await refresher.run() }
            await server.clock.waitForTimers(1)
            #expect(server.requests.count == 1)
            guard
                case .accepted = authenticator.authenticate(
                    .bearer(Secret(try server.forge.token())),
                    at: server.clock.wall
                )
            else {
                Issue.record("the keys are not known")
                return
            }
            server.clock.advance(by: .milliseconds(599_999))
            #expect(server.requests.count == 1)
            server.answer(.answer("{}", status: "500 Internal Server Error"))
            server.clock.advance(by: .milliseconds(1))
            await server.clock.waitForTimers(1)
            #expect(server.requests.count == 2)
            // Soon at first, then less and less often.
            for (place, pause) in [1, 2, 4, 8, 16, 30, 30].enumerated() {
                server.clock.advance(by: .milliseconds(pause * 1_000 - 1))
                #expect(server.requests.count == 2 + place)
                server.clock.advance(by: .milliseconds(1))
                await server.clock.waitForTimers(1)
                #expect(server.requests.count == 3 + place)
            }
            server.publish([try keys.jwk(.es256, #""kid":"ec""#)])
            server.clock.advance(by: .seconds(30))
            await server.clock.waitForTimers(1)
            server.answer(.answer("{}", status: "500 Internal Server Error"))
            server.clock.advance(by: .seconds(600))
            await server.clock.waitForTimers(1)
            #expect(server.requests.count == 11)
            server.clock.advance(by: .seconds(1))
            await server.clock.waitForTimers(1)
            #expect(server.requests.count == 12)
            service.cancel()
            await service.value
        }
    }

    @Test("an issuer that is away at the start and back a second later is asked again then")
    func awayAtTheStart() async throws {
        let keys = try TestKeys.shared.get()
        try await KeyServer.with([]) { server in
            server.answer(.raw("", end: .close))
            let authenticator = try server.authenticator()
            let refresher = JWKSRefresher(authenticator, clocks: server.clock.clocks, sleeper: server.clock.sleeper)
            let service = Task { await refresher.run() }
            await server.clock.waitForTimers(1)
            // A caller that comes meanwhile has it asked once more, and is then told to come again.
            let token = try server.forge.token()
            for _ in 0..<2 { #expect(await server.judge(token, authenticator).fault == .keysUnavailable) }
            server.publish([try keys.jwk(.es256, #""kid":"ec""#)])
            server.clock.advance(by: .seconds(1))
            await server.clock.waitForTimers(1)
            #expect(await server.judge(token, authenticator).fault == nil)
            #expect(server.requests.count == 3)
            service.cancel()
            await service.value
        }
    }

    @Test("a file is read again when it has changed, and one that is broken changes nothing")
    func file() async throws {
        let keys = try TestKeys.shared.get()
        let forge = TokenForge(keys: keys)
        let file = FileManager.default.temporaryDirectory.appending(path: "jwks-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        func write(_ keys: String...) throws {
            try Data("{\"keys\":[\(keys.joined(separator: ","))]}".utf8).write(to: file, options: .atomic)
        }
        try write(try keys.jwk(.es256, #""kid":"ec""#))
        let clock = MockClock()
        let metrics = JWTMetrics()
        let authenticator = try JWTAuthenticator(
            issuers: [try Self.configuration(file.path)],
            clocks: clock.clocks,
            metrics: metrics,
            logger: .silent
        )
        let (old, new) = (try forge.token(), try forge.token(.edDSA, kid: "ed"))
        #expect(await authenticator.judge(old, at: clock.wall).fault == nil)
        #expect(await authenticator.judge(new, at: clock.wall).fault == .unknownKeyID)
        let service = Task {
            await JWKSRefresher(authenticator, clocks: clock.clocks, sleeper: clock.sleeper).run()
        }
        func look() async {
            await clock.waitForTimers(1)
            clock.advance(by: .seconds(5))
            await clock.waitForTimers(1)
        }
        try write(try keys.jwk(.edDSA, #""kid":"ed""#))
        await look()
        #expect(await authenticator.judge(new, at: clock.wall).fault == nil)
        #expect(await authenticator.judge(old, at: clock.wall).fault == .unknownKeyID)
        try write("{}")
        await look()
        #expect(metrics.keyReadFailures.value == 1)
        #expect(await authenticator.judge(new, at: clock.wall).fault == nil)
        try FileManager.default.removeItem(at: file)
        await look()
        #expect(metrics.keyReadFailures.value == 2)
        #expect(await authenticator.judge(new, at: clock.wall).fault == nil)
        service.cancel()
        await service.value
    }

    @Test("a file that is not there, no file or without a key of use stops the start")
    func badFile() throws {
        let keys = try TestKeys.shared.get()
        let file = FileManager.default.temporaryDirectory.appending(path: "jwks-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        func reason() throws -> String {
            let configuration = try Self.configuration(file.path)
            do throws(InvalidValue) {
                _ = try JWTAuthenticator(issuers: [configuration], logger: .silent)
                return ""
            } catch {
                return error.reason
            }
        }
        #expect(try reason().hasSuffix("no such file or directory"))
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
        #expect(try reason().hasSuffix("not a regular file"))
        try FileManager.default.removeItem(at: file)
        try Data("{\"keys\":[\(try keys.jwk(.rs256))]}".utf8).write(to: file)
        #expect(try reason().hasSuffix("key 1 fits none of the issuer's algorithms"))
        try Data(repeating: 0x20, count: JWKSet.bytesMax + 1).write(to: file)
        #expect(try reason().hasSuffix("larger than 1048576 bytes"))
    }

    @Test("where nothing has to be read it waits for its end")
    func nothingToRead() async throws {
        let configuration = try IssuerConfiguration(
            issuer: "i",
            algorithms: [.hs256],
            keys: .secret(Secret(String(repeating: "s", count: 32))),
            audience: ["a"]
        )
        let clock = MockClock()
        let authenticator = try JWTAuthenticator(issuers: [configuration], logger: .silent)
        let service = Task {
            await JWKSRefresher(authenticator, clocks: clock.clocks, sleeper: clock.sleeper).run()
        }
        await clock.waitForTimers(1)
        service.cancel()
        await service.value
    }

    private static func configuration(_ path: String) throws -> IssuerConfiguration {
        try IssuerConfiguration(
            issuer: TokenForge.issuer,
            algorithms: [.es256, .edDSA],
            keys: .file(path: path),
            audience: [TokenForge.audience]
        )
    }
}
