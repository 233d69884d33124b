import AmbassadorCore
import AmbassadorTesting
import Crypto
import Testing

@testable import AmbassadorIdentity

@Suite("Published keys that change")
struct KeyRotationTests {
    private let keys: TestKeys
    private let old: String
    private let new: String

    init() throws {
        self.keys = try TestKeys.shared.get()
        self.old = try self.keys.jwk(.es256, #""kid":"old""#)
        self.new = try self.keys.jwk(.edDSA, #""kid":"new""#)
    }

    private func tokens(_ algorithm: SigningAlgorithm, _ kid: String, _ server: KeyServer) throws -> [String] {
        try (0..<50).map { try server.forge.token(algorithm, kid: kid, .init().with("sub", "\"user \($0)\"")) }
    }

    @Test("no token of a published key is rejected while keys rotate, and the new key costs one request")
    func rotation() async throws {
        try await KeyServer.with([self.old]) { server in
            let authenticator = try server.authenticator()
            #expect(await server.judge(try server.forge.token(.es256, kid: "old"), authenticator).fault == nil)
            #expect(server.requests.count == 1)
            server.publish([self.old, self.new])
            server.clock.advance(by: .seconds(30))
            let tokens = try self.tokens(.es256, "old", server) + self.tokens(.edDSA, "new", server)
            let faults = await withTaskGroup(of: CredentialFault?.self) { group in
                for token in tokens.shuffled() {
                    group.addTask { await server.judge(token, authenticator).fault }
                }
                return await group.reduce(into: [CredentialFault?]()) { $0.append($1) }
            }
            #expect(faults.count == 100)
            #expect(faults.compactMap(\.self) == [])
            #expect(server.requests.count == 2)
            // The old key is withdrawn: what it signed ends with the next fetch, remembered or not.
            server.publish([self.new])
            for keys in authenticator.refreshableKeys {
                #expect(await keys.refresh())
            }
            #expect(await server.judge(tokens[0], authenticator).fault == .unknownKeyID)
            #expect(await server.judge(tokens[99], authenticator).fault == nil)
        }
    }

    @Test("under load, over five rotations with overlap, no token of a published key is ever rejected")
    func rotationUnderLoad() async throws {
        let algorithms: [SigningAlgorithm] = [.es256, .edDSA, .es512, .rs256, .es256, .edDSA]
        let published = try algorithms.enumerated().map { try self.keys.jwk($1, "\"kid\":\"k\($0)\"") }
        try await KeyServer.with([published[0]]) { server in
            let authenticator = try server.authenticator()
            let tokens = try algorithms.enumerated().map { try self.tokens($1, "k\($0)", server) }
            var requests = 0
            for rotation in 1...5 {
                // Signers change to the new key as soon as it is published; the old one is withdrawn once nobody uses it.
                server.publish([published[rotation - 1], published[rotation]])
                let faults = await withTaskGroup(of: [CredentialFault].self) { group in
                    for task in 0..<100 {
                        let own = (tokens[rotation - 1] + tokens[rotation]).dropFirst(task)
                        group.addTask {
                            var faults: [CredentialFault] = []
                            for token in own {
                                if let fault = await server.judge(token, authenticator).fault { faults.append(fault) }
                            }
                            return faults
                        }
                    }
                    return await group.reduce(into: []) { $0 += $1 }
                }
                #expect(faults == [], "rotation \(rotation)")
                server.publish([published[rotation]])
                for keys in authenticator.refreshableKeys { #expect(await keys.refresh()) }
                #expect(await server.judge(tokens[rotation - 1][0], authenticator).fault == .unknownKeyID)
                // The first token of an unknown key, and the interval's own refresh: no crowd costs more.
                requests += 2
                #expect(server.requests.count == requests)
                server.clock.advance(by: .seconds(30))
            }
        }
    }

    @Test("the same keys again leave the verified tokens their places")
    func sameKeysAgain() async throws {
        try await KeyServer.with([self.old]) { server in
            let authenticator = try server.authenticator()
            let token = try server.forge.token(.es256, kid: "old")
            #expect(await server.judge(token, authenticator).fault == nil)
            for keys in authenticator.refreshableKeys {
                #expect(await keys.refresh())
            }
            #expect(await server.judge(token, authenticator).fault == nil)
            #expect(server.requests.count == 2)
            #expect(server.metrics.verified.value == 1)
        }
    }

    @Test("unknown keys' names cost one request in thirty seconds, however many there are")
    func unknownNames() async throws {
        try await KeyServer.with([self.old]) { server in
            let authenticator = try server.authenticator()
            #expect(await server.judge(try server.forge.token(.es256, kid: "old"), authenticator).fault == nil)
            func flood(_ round: Int) async throws {
                let tokens = try (0..<100).map { try server.forge.token(.es256, kid: "k\(round)-\($0)") }
                let faults = await withTaskGroup(of: CredentialFault?.self) { group in
                    for token in tokens {
                        group.addTask { await server.judge(token, authenticator).fault }
                    }
                    return await group.reduce(into: [CredentialFault?]()) { $0.append($1) }
                }
                #expect(faults == [CredentialFault?](repeating: .unknownKeyID, count: 100))
            }
            try await flood(0)
            #expect(server.requests.count == 1)
            server.clock.advance(by: .milliseconds(29_999))
            try await flood(1)
            #expect(server.requests.count == 1)
            server.clock.advance(by: .milliseconds(1))
            try await flood(2)
            #expect(server.requests.count == 2)
            server.clock.advance(by: .seconds(3600))
            try await flood(3)
            #expect(server.requests.count == 3)
        }
    }

    @Test("a caller that leaves does not end the fetch that others wait for")
    func leaving() async throws {
        try await KeyServer.with([self.old]) { server in
            let authenticator = try server.authenticator()
            let token = try server.forge.token(.es256, kid: "old")
            let gate = server.holdNextAnswer()
            guard case .pending(let first) = authenticator.authenticate(.bearer(Secret(token)), at: server.clock.wall),
                case .pending(let second) = authenticator.authenticate(.bearer(Secret(token)), at: server.clock.wall)
            else {
                Issue.record("the keys are known before they were fetched")
                return
            }
            let leaver = Task { await first() }
            let other = Task { await second() }
            leaver.cancel()
            #expect(await leaver.value.settled().mapError(\.fault).fault == .keysUnavailable)
            gate.deliver(())
            #expect(await other.value.settled().mapError(\.fault).fault == nil)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a token for another algorithm first does not bind a key without one")
    func keyWithoutAlgorithm() async throws {
        try await KeyServer.with([try self.keys.jwk(.rs256, #""kid":"rsa""#)]) { server in
            let authenticator = try server.authenticator([try server.configuration([.rs256])])
            #expect(await server.judge(try server.forge.token(.rs512, kid: "rsa"), authenticator).fault == .algorithm)
            #expect(server.requests == [])
            #expect(await server.judge(try server.forge.token(.rs256, kid: "rsa"), authenticator).fault == nil)
            #expect(await server.judge(try server.forge.token(.rs512, kid: "rsa"), authenticator).fault == .algorithm)
            #expect(await server.judge(try server.forge.token(.ps256, kid: "rsa"), authenticator).fault == .algorithm)
        }
    }

    @Test("a key that names its algorithm is for no other")
    func keyWithAlgorithm() async throws {
        try await KeyServer.with([try self.keys.jwk(.ps256, #""kid":"rsa","alg":"PS256""#)]) { server in
            let authenticator = try server.authenticator([try server.configuration([.rs256, .ps256])])
            #expect(await server.judge(try server.forge.token(.ps256, kid: "rsa"), authenticator).fault == nil)
            #expect(await server.judge(try server.forge.token(.rs256, kid: "rsa"), authenticator).fault == .algorithm)
        }
    }
}
