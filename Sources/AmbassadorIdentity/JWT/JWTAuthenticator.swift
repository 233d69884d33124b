package import AmbassadorCore
package import Logging
import NIOCore

/// Finds out who calls from JSON Web Tokens (RFC 7519), signed by issuers that are configured.
///
/// Checked in this order: size, form, header, issuer, key, signature, and only then what the token says. Tokens that were accepted
/// are remembered for a minute at most. The time that rejected ones take of event loops is bounded; beyond that, tokens that are not
/// remembered are checked apart from them.
package final class JWTAuthenticator: Authenticator {
    /// One issuer with the keys that are known of it.
    private struct Issuer: Sendable {
        let name: String
        let algorithms: Set<SigningAlgorithm>
        let rules: ClaimRules
        let keys: IssuerKeys
    }

    private enum Verdict {
        case accepted(Caller)
        case refreshable(otherwise: CredentialFault)
    }

    /// The sizes of tokens that may be taken, in bytes: below the least one, no issuer's tokens would fit.
    package static let tokenBytes = 1_024...64 << 10
    /// The most issuers that there may be.
    package static let issuersMax = 64

    private let issuers: [JSONString: Issuer]
    /// Those of all issuers, for ``epoch``.
    private let allKeys: [IssuerKeys]
    private let cache: TokenCache
    private let budget: RejectionBudget
    private let tokenBytesMax: Int
    private let clocks: Clocks
    private let metrics: JWTMetrics

    /// Makes an authenticator; reads the key files, which blocks, and fetches nothing yet.
    ///
    /// - Parameters:
    ///   - issuers: 1 to 64, each with a name of its own.
    ///   - client: fetches published key sets; `nil` where no issuer publishes its keys.
    ///   - tokenBytesMax: the longest token that is looked at.
    ///   - tokensMax: how many accepted tokens are remembered.
    ///   - clocks: for limits and for what is awaited; a token's own times are compared with the time that is given with it.
    ///   - metrics: where verdicts and reads are counted.
    ///   - logger: where key sets are told of; of tokens, nothing is.
    /// - Throws: where issuers share a name, or a key file cannot be used.
    package init(
        issuers: [IssuerConfiguration],
        client: JWKSClient? = nil,
        tokenBytesMax: Int = 16 << 10,
        tokensMax: Int = 16_384,
        clocks: Clocks = .system,
        metrics: JWTMetrics = JWTMetrics(),
        logger: Logger
    ) throws(InvalidValue) {
        guard (1...Self.issuersMax).contains(issuers.count) else {
            throw InvalidValue("has no issuer, or more than \(Self.issuersMax)")
        }
        var known: [JSONString: Issuer] = [:]
        for configuration in issuers {
            let name = JSONString(configuration.issuer)
            guard known[name] == nil else { throw InvalidValue("has the issuer \(configuration.issuer) twice") }
            let source = try Self.source(of: configuration, client: client)
            let keys = IssuerKeys(configuration, source: source, clocks: clocks, metrics: metrics, logger: logger)
            do throws(JWKSFault) {
                if let document = try (source as? JWKSFile)?.read(unless: nil) {
                    try keys.take(document)
                }
            } catch {
                throw InvalidValue("has the issuer \(configuration.issuer), of which \(error)")
            }
            known[name] = Issuer(
                name: configuration.name,
                algorithms: configuration.algorithms,
                rules: configuration.rules,
                keys: keys
            )
        }
        self.issuers = known
        self.allKeys = known.values.map(\.keys)
        self.cache = TokenCache(entriesMax: tokensMax)
        self.budget = RejectionBudget()
        self.tokenBytesMax = tokenBytesMax
        self.clocks = clocks
        self.metrics = metrics
    }

    private static func source(
        of configuration: IssuerConfiguration,
        client: JWKSClient?
    ) throws(InvalidValue) -> (any JWKSSource)? {
        switch configuration.keys {
        case .secret, .publicKeys:
            return nil
        case .file(let path):
            return JWKSFile(path: path)
        case .url(let url):
            guard let client else {
                throw InvalidValue("has an issuer that publishes its keys, and nothing to fetch them with")
            }
            return JWKSEndpoint(url: url, interval: configuration.refresh, client: client)
        }
    }

    /// The issuers of which there are no keys that may be used now; their tokens are rejected as `keysUnavailable`.
    package var issuersWithoutKeys: [String] {
        self.issuers.filter { !$0.value.keys.isUsable }.map(\.key.text).sorted()
    }

    /// The keys that have to be read again from time to time.
    var refreshableKeys: [IssuerKeys] {
        self.issuers.values.map(\.keys).filter { $0.source != nil }
    }

    /// Each issuer's only grows, so their sum changes with any of them.
    package var epoch: UInt64 { self.allKeys.reduce(0) { $0 &+ $1.epoch } }

    /// Checks a token.
    ///
    /// - Parameters:
    ///   - credential: everything but a bearer token is rejected.
    ///   - time: what the token's times are compared with, and how long the verdict is remembered.
    /// - Returns: `pending` only where the issuer's keys have to be fetched first and may be; `laborious` where event loops had more of
    ///   rejected tokens of late than they should.
    package func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication {
        switch credential {
        case .none:
            return self.rejected(CredentialRejection(.missing))
        case .apiKey, .unusable, .both:
            return self.rejected(CredentialRejection(.malformed))
        case .bearer(let secret):
            return self.authenticate(secret, at: time)
        }
    }

    private func authenticate(_ secret: Secret, at time: Timestamp) -> Authentication {
        // Before anything is read or hashed, so that a long one costs nothing.
        guard secret.revealed.utf8.count <= self.tokenBytesMax else {
            return self.rejected(CredentialRejection(.tooLong))
        }
        let digest = TokenDigest(of: secret.revealed)
        if let caller = self.cache.caller(for: digest, at: time) {
            self.metrics.cacheHits.increment()
            return .accepted(caller)
        }
        let start = self.clocks.now()
        guard self.budget.hasRoom(at: start) else {
            return .laborious { self.judge(secret, digest: digest, at: self.clocks.wall()) }
        }
        let verdict = self.judge(secret, digest: digest, at: time)
        if case .rejected = verdict {
            let now = self.clocks.now()
            self.budget.charge(now - start, at: now)
        }
        return verdict
    }

    private func judge(_ secret: Secret, digest: TokenDigest, at time: Timestamp) -> Authentication {
        var name: String?
        do throws(CredentialFault) {
            let token = try CompactToken(secret.revealed.utf8)
            guard let issuer = self.issuers[token.issuer] else { throw .issuer }
            name = issuer.name
            switch try self.verify(token, from: issuer, digest: digest, at: time) {
            case .accepted(let caller):
                return .accepted(caller)
            case .refreshable:
                return .pending {
                    await issuer.keys.refreshOnDemand()
                    return self.judgeAfterRefresh(token, from: issuer, digest: digest)
                }
            }
        } catch {
            return self.rejected(CredentialRejection(error, issuer: name))
        }
    }

    /// Many may have waited for the keys, each on an event loop, so the work is done apart from these.
    private func judgeAfterRefresh(
        _ token: CompactToken,
        from issuer: Issuer,
        digest: TokenDigest
    ) -> Authentication {
        .laborious {
            do throws(CredentialFault) {
                // Time has passed meanwhile.
                switch try self.verify(token, from: issuer, digest: digest, at: self.clocks.wall()) {
                case .accepted(let caller): return .accepted(caller)
                case .refreshable(let fault): throw fault
                }
            } catch {
                return self.rejected(CredentialRejection(error, issuer: issuer.name))
            }
        }
    }

    private func verify(
        _ token: CompactToken,
        from issuer: Issuer,
        digest: TokenDigest,
        at time: Timestamp
    ) throws(CredentialFault) -> Verdict {
        // Before the key is looked for, since no key that could be fetched would be for another algorithm.
        guard issuer.algorithms.contains(token.header.algorithm) else { throw .algorithm }
        let key: JWTKey
        let epoch: UInt64
        switch issuer.keys.find(token.header.keyID, for: token.header.algorithm) {
        case .key(let found, let generation): (key, epoch) = (found, generation)
        case .refreshable(let fault): return .refreshable(otherwise: fault)
        case .refused(let fault): throw fault
        }
        guard key.isValid(token.signature, of: token.signedBytes, by: token.header.algorithm) else { throw .signature }
        let caller = try issuer.rules.caller(from: token.payload, at: time)
        self.remember(caller, digest: digest, keys: issuer.keys, epoch: epoch, at: time)
        self.metrics.verified.increment()
        return .accepted(caller)
    }

    private func remember(_ caller: Caller, digest: TokenDigest, keys: IssuerKeys, epoch: UInt64, at time: Timestamp) {
        let limit = time.advanced(by: TokenCache.lifetimeMax)
        self.cache.insert(
            TokenCache.Entry(
                digest: digest,
                keys: keys,
                epoch: epoch,
                since: time,
                until: min(limit, caller.expiresAt ?? limit),
                caller: caller
            )
        )
    }

    private func rejected(_ rejection: CredentialRejection) -> Authentication {
        self.metrics.rejected.increment()
        return .rejected(rejection)
    }
}
