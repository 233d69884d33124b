import AmbassadorCore
import Crypto
import Logging
import NIOCore
import Synchronization

/// The keys of one issuer: found at once, and read again in the background or when a token names one that is not known.
///
/// However many callers want them read, one read is under way at a time, and tokens cause one in ``demandInterval`` at most. A read
/// that fails, or brings no key that can be used, leaves the keys as they were.
final class IssuerKeys: Sendable {
    /// The least time between two reads that tokens cause.
    static let demandInterval: Duration = .seconds(30)
    /// When a failed read is tried again: soon at first, since what starts together is up within seconds, then less and less often.
    static let retryIntervals: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

    typealias Finding = StateMachine.Finding

    let source: (any JWKSSource)?
    private let issuer: String
    private let algorithms: Set<SigningAlgorithm>
    private let clocks: Clocks
    private let metrics: JWTMetrics
    private let logger: Logger
    private let machine: Mutex<StateMachine>
    private let currentEpoch = Atomic<UInt64>(0)
    /// The hash of the document in use, and what was complained of last: a log says each thing once.
    private let last = Mutex<(digest: SHA256.Digest?, complaint: JWKSFault?)>((nil, nil))

    /// - Parameters:
    ///   - configuration: the issuer's.
    ///   - source: where its keys are read; `nil` where the configuration holds them.
    ///   - clocks: the monotonic one counts.
    ///   - metrics: where reads are counted.
    ///   - logger: where failed reads are told of, without a word from tokens.
    init(
        _ configuration: IssuerConfiguration,
        source: (any JWKSSource)?,
        clocks: Clocks,
        metrics: JWTMetrics,
        logger: Logger
    ) {
        self.issuer = configuration.issuer
        self.algorithms = configuration.algorithms
        self.source = source
        self.clocks = clocks
        self.metrics = metrics
        self.logger = logger
        self.machine = Mutex(
            StateMachine(
                keys: configuration.fixedKeys,
                staleMax: source == nil ? nil : configuration.staleMax,
                isOnDemand: source?.isOnDemand ?? false,
                demandInterval: Self.demandInterval
            )
        )
    }

    /// Grows whenever keys are replaced: what an earlier generation verified is verified again.
    var epoch: UInt64 { self.currentEpoch.load(ordering: .acquiring) }

    /// Whether there are keys that may still be used.
    var isUsable: Bool { self.machine.withLock { $0.isUsable(at: self.clocks.now()) } }

    /// Looks for the key of a token; synchronous and short.
    func find(_ id: JSONString?, for algorithm: SigningAlgorithm) -> Finding {
        let now = self.clocks.now()
        return self.machine.withLock { $0.find(id, for: algorithm, at: now) }
    }

    /// Has the keys read again for a token, or waits for the read that is under way; does nothing where the limit is reached.
    func refreshOnDemand() async {
        let arrival = OneShot<Bool>()
        let now = self.clocks.now()
        _ = await self.complete(self.machine.withLock { $0.joinOnDemand(arrival, at: now) }, arrival)
    }

    /// Has the keys read again, or waits for the read that is under way.
    ///
    /// - Returns: whether the keys are now known to be the newest; `false` where the task was cancelled first.
    func refresh() async -> Bool {
        let arrival = OneShot<Bool>()
        return await self.complete(self.machine.withLock { $0.join(arrival) }, arrival)
    }

    private func complete(_ join: StateMachine.Join, _ arrival: OneShot<Bool>) async -> Bool {
        switch join {
        case .refuse: return false
        case .lead: self.beginRead()
        case .wait: break
        }
        // The read ends by itself, so that no deadline is needed; who is cancelled leaves it to the others.
        return await arrival.value(until: .distantFuture, sleeper: .system) { _ in arrival.deliver(false) }
    }

    /// Begins a read that belongs to nobody's task, so that no caller's leaving ends it for the others.
    private func beginRead() {
        self.metrics.keyReads.increment()
        let revision = self.machine.withLock { $0.revision }
        Task { [self] in
            let landing: StateMachine.Landing
            do throws(JWKSFault) {
                landing = try self.judge(try await self.source?.load(unless: revision))
                self.last.withLock { $0.complaint = nil }
            } catch {
                landing = .failed
                self.metrics.keyReadFailures.increment()
                self.complain(of: error)
            }
            self.land(landing)
        }
    }

    /// Reads the keys of a document at once, for the start.
    func take(_ document: JWKSDocument) throws(JWKSFault) {
        guard case .keys(let keys, let revision) = try self.judge(document) else { return }
        let now = self.clocks.now()
        self.machine.withLock { $0.replace(keys, revision: revision, at: now) }
        self.publishEpoch()
    }

    private func judge(_ document: JWKSDocument?) throws(JWKSFault) -> StateMachine.Landing {
        guard let document else { return .unchanged }
        let digest = document.bytes.withUnsafeReadableBytes { bytes in
            var hasher = SHA256()
            hasher.update(bufferPointer: bytes)
            return hasher.finalize()
        }
        // A server that says the same again must not cost every verified token its place.
        guard document.revision != nil || self.last.withLock({ $0.digest }) != digest else { return .unchanged }
        let set = try JWKSet(document.bytes, algorithms: self.algorithms)
        self.last.withLock { $0.digest = digest }
        self.logger.info(
            "The keys of an issuer were read.",
            metadata: [
                "jwt.issuer": "\(self.issuer)", "jwt.keys": "\(set.keys.count)",
                "jwt.unused": "\(set.remarks.joined(separator: "; "))",
            ]
        )
        return .keys(set.keys, revision: document.revision)
    }

    private func land(_ landing: StateMachine.Landing) {
        let now = self.clocks.now()
        let waiters = self.machine.withLock { $0.land(landing, at: now) }
        self.publishEpoch()
        let isNewest = if case .failed = landing { false } else { true }
        for waiter in waiters {
            waiter.deliver(isNewest)
        }
    }

    private func publishEpoch() {
        let epoch = self.machine.withLock { $0.epoch }
        // Only ever up, whoever comes first.
        self.currentEpoch.max(epoch, ordering: .acquiringAndReleasing)
    }

    private func complain(of fault: JWKSFault) {
        let isNew = self.last.withLock { last in
            defer { last.complaint = fault }
            return last.complaint != fault
        }
        guard isNew else { return }
        self.logger.warning(
            "The keys of an issuer could not be read; those read last stay in use.",
            metadata: ["jwt.issuer": "\(self.issuer)", "jwt.reason": "\(fault)"]
        )
    }
}
