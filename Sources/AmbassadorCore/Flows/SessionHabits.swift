import NIOCore
import Synchronization

/// How a flow's callers use sessions: whether nearly each comes once, and whether sessions go on that LangFlow did not see begin.
///
/// Bounded: of the sessions of an hour a sample of ``sampledMax`` at most, each as a hash, however many there are.
final class SessionHabits: Sendable {
    /// Of fewer sessions nothing is said.
    static let sessionsMin = 100
    static let sampledMax = 512
    /// The share from which on nearly each comes once.
    static let onceShareMin = 0.95
    private static let window = TimeAmount.hours(1)

    /// What is worth a line in the log.
    struct Finding: Sendable, Equatable {
        /// The share of the sessions that came once, from 0 to 1.
        let onceShare: Double
        /// How many sessions were looked at.
        let sessions: Int
    }

    fileprivate struct Seen {
        /// The request that was the session's last, so that none counts twice.
        var lastRequest: NIODeadline
        var isRepeated = false
    }

    fileprivate struct State {
        var since: NIODeadline?
        /// Only sessions with a hash up to this one are looked at: half as many each time that there are too many.
        var hashMax = UInt64.max
        var seen: [UInt64: Seen] = [:]
        var repeated = 0
        /// Of the last hour with enough sessions.
        var lastShare: Double?
        var saidUntil = NIODeadline.distantPast
    }

    private let hash = SeededHash()
    private let state = Mutex(State())
    private let continued: Counter
    private let continuations = RepeatedComplaint(every: .hours(1))

    init(label flow: String, registry: MetricRegistry) {
        self.continued = registry.counter(.sessionsContinued, ("flow", flow))
        registry.gauge(.sessionsOnce, ("flow", flow)) { [weak self] in self?.onceShare ?? 0 }
    }

    /// The share of the sessions that came once; zero while too few are known.
    var onceShare: Double { self.state.withLock { $0.onceShare ?? $0.lastShare ?? 0 } }

    /// How many sessions are looked at.
    var sampled: Int { self.state.withLock { $0.seen.count } }

    /// Notes a request with a session; `receivedAt` tells it from others.
    ///
    /// - Returns: what is to be said now, once an hour at most.
    func note(
        _ session: SessionID,
        of tenant: TenantID,
        _ target: FlowName,
        receivedAt: NIODeadline,
        at now: NIODeadline
    ) -> Finding? {
        let hash = self.hash(of: [session.description, tenant.description, target.description])
        return self.state.withLock { state in
            state.begin(at: now, window: Self.window)
            guard hash <= state.hashMax else { return nil }
            if var seen = state.seen[hash] {
                guard seen.lastRequest != receivedAt else { return nil }
                seen.lastRequest = receivedAt
                if !seen.isRepeated { state.repeated += 1 }
                seen.isRepeated = true
                state.seen[hash] = seen
                return nil
            }
            state.seen[hash] = Seen(lastRequest: receivedAt)
            if state.seen.count > Self.sampledMax { state.halve() }
            guard let share = state.onceShare, share >= Self.onceShareMin, now >= state.saidUntil else { return nil }
            state.saidUntil = now + Self.window
            return Finding(onceShare: share, sessions: state.seen.count)
        }
    }

    /// Notes a request in a session whose first turn LangFlow did not see.
    ///
    /// - Returns: how many there were since that was said last, where it is to be said now.
    func noteContinued(at now: NIODeadline) -> Int? {
        self.continued.increment()
        return self.continuations.note(at: now)
    }

    private func hash(of texts: [String]) -> UInt64 {
        texts.reduce(0) { hash, text in
            var text = text
            let next = text.withUTF8 { self.hash.hash(UnsafeRawBufferPointer($0)) }
            return (hash &* 0x9E37_79B9_7F4A_7C15) ^ next
        }
    }
}

extension SessionHabits.State {
    fileprivate var onceShare: Double? {
        guard self.seen.count >= SessionHabits.sessionsMin else { return nil }
        return 1 - Double(self.repeated) / Double(self.seen.count)
    }

    fileprivate mutating func begin(at now: NIODeadline, window: TimeAmount) {
        guard let since else {
            self.since = now
            return
        }
        guard now - since >= window else { return }
        self.lastShare = self.onceShare
        self.since = now
        self.hashMax = .max
        self.seen = [:]
        self.repeated = 0
    }

    fileprivate mutating func halve() {
        self.hashMax /= 2
        let hashMax = self.hashMax
        self.seen = self.seen.filter { $0.key <= hashMax }
        self.repeated = self.seen.values.count { $0.isRepeated }
    }
}
