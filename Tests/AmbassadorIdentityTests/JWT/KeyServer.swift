import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import Logging
import NIOCore
import NIOPosix
import Synchronization

@testable import AmbassadorIdentity

/// An issuer's key server on this host, an authenticator that asks it, and a clock that only the test moves.
final class KeyServer: Sendable {
    let clock = MockClock()
    let metrics = JWTMetrics()
    let forge: TokenForge
    let client: JWKSClient
    private let upstream: TestUpstream
    private let reply: ReplyBox

    final class ReplyBox: Sendable {
        let reply = Mutex(TestUpstream.Reply.silence)
        /// What a reply waits for, where it has to.
        let gate = Mutex<OneShot<Void>?>(nil)
    }

    private init(timeout: Duration) async throws {
        self.forge = TokenForge(keys: try TestKeys.shared.get())
        let box = ReplyBox()
        self.reply = box
        self.upstream = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { _ in
            await box.gate.withLock { $0.take() }?.value()
            return box.reply.withLock { $0 }
        }
        self.client = JWKSClient(
            fetcher: HTTPFetcher(group: MultiThreadedEventLoopGroup.singleton),
            timeout: timeout
        )
    }

    /// Runs a test with a server that publishes a key set.
    static func with(
        _ keys: [String],
        timeout: Duration = .seconds(5),
        _ body: (KeyServer) async throws -> Void
    ) async throws {
        let server = try await KeyServer(timeout: timeout)
        server.publish(keys)
        do {
            try await body(server)
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    private func shutdown() async {
        await self.upstream.shutdown()
    }

    var requests: [String] { self.upstream.requests.map(\.requestLine) }

    func publish(_ keys: [String]) {
        self.answer(.answer("{\"keys\":[\(keys.joined(separator: ","))]}"))
    }

    func answer(_ reply: TestUpstream.Reply) {
        self.reply.reply.withLock { $0 = reply }
    }

    /// Holds the next answer back until the gate opens.
    func holdNextAnswer() -> OneShot<Void> {
        let gate = OneShot<Void>()
        self.reply.gate.withLock { $0 = gate }
        return gate
    }

    func stopListening() async {
        await self.upstream.shutdown()
    }

    func configuration(
        _ algorithms: Set<SigningAlgorithm> = [.rs256, .ps256, .es256, .es512, .edDSA],
        issuer: String = TokenForge.issuer
    ) throws -> IssuerConfiguration {
        try IssuerConfiguration(
            issuer: issuer,
            algorithms: algorithms,
            keys: .url(try JWKSURL("\(self.upstream.url)/jwks")),
            audience: [TokenForge.audience]
        )
    }

    func authenticator(_ issuers: [IssuerConfiguration]? = nil) throws -> JWTAuthenticator {
        try JWTAuthenticator(
            issuers: try issuers ?? [self.configuration()],
            client: self.client,
            clocks: self.clock.clocks,
            metrics: self.metrics,
            logger: .silent
        )
    }

    /// The verdict on a token, with whatever has to be waited for.
    func judge(_ token: String, _ authenticator: JWTAuthenticator) async -> Result<Caller, CredentialFault> {
        await authenticator.judge(token, at: self.clock.wall)
    }
}

extension JWTAuthenticator {
    func judge(_ token: String, at time: Timestamp) async -> Result<Caller, CredentialFault> {
        await self.authenticate(.bearer(Secret(token)), at: time).settled().mapError(\.fault)
    }
}

extension Authentication {
    /// The verdict in the end, with whatever has to be waited for or done.
    func settled() async -> Result<Caller, CredentialRejection> {
        switch self {
        case .accepted(let caller): .success(caller)
        case .rejected(let rejection): .failure(rejection)
        case .pending(let wait): await wait().settled()
        case .laborious(let work): await work().settled()
        }
    }
}

extension Result where Success == Caller, Failure == CredentialFault {
    var fault: CredentialFault? {
        guard case .failure(let fault) = self else { return nil }
        return fault
    }

    var caller: Caller? {
        guard case .success(let caller) = self else { return nil }
        return caller
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
