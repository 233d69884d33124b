import Logging
import NIOCore
import Synchronization

/// Counts the calls to LangFlow that failed by what went wrong, says each kind in the log once a minute, and knows the latest.
final class CallFailures: Sendable {
    private struct State {
        /// That LangFlow may be away; it stands until LangFlow was found to be well.
        var outage: UpstreamFault?
        /// That something else than LangFlow answered; it stands until LangFlow does.
        var misanswer: UpstreamFault?
        var latest: UpstreamFault?
    }

    private struct Instruments {
        let counter: Counter
        let complaint = RepeatedComplaint()
    }

    private let upstream: String
    private let instruments: [UpstreamFault: Instruments]
    private let logger: Logger
    private let state = Mutex(State())

    /// `upstream` is LangFlow's base address, for the log.
    init(upstream: String, metrics registry: MetricRegistry, logger: Logger) {
        self.upstream = upstream
        self.instruments = Dictionary(
            uniqueKeysWithValues: UpstreamFault.allCases.map { fault in
                (fault, Instruments(counter: registry.counter(.upstreamFailures, ("reason", fault.rawValue))))
            }
        )
        self.logger = logger
    }

    /// Notes how a call has failed; nothing where it was given up.
    ///
    /// A time-out speaks against LangFlow only where the call had its time.
    func note(_ error: FetchError, of flow: Flow, at now: NIODeadline, hadItsTime: Bool = true) {
        guard let cause = error.cause else { return }
        let fault = cause.fault
        self.state.withLock { state in
            state.latest = fault
            switch error {
            case .timeout where !hadItsTime: break
            case .unreachable, .connectionLost, .timeout: state.outage = fault
            case .status(502...504, _, _): state.outage = fault
            case .gateway: state.misanswer = fault
            // Too large, or broken off: it is LangFlow, and one flow of it.
            case .invalid where fault != .tooLarge && fault != .incomplete && fault != .notJSON: state.misanswer = fault
            default: break
            }
        }
        flow.noteFailure(fault)
        guard let instruments = self.instruments[fault] else { return }
        instruments.counter.increment()
        guard let count = instruments.complaint.note(at: now) else { return }
        self.logger.warning(
            "a call to LangFlow failed",
            metadata: [
                LogKeys.flow: "\(flow.name)", LogKeys.upstream: "\(self.upstream)", LogKeys.fault: "\(fault.rawValue)",
                LogKeys.reason: "\(cause.text)", LogKeys.count: "\(count)",
            ]
        )
    }

    /// LangFlow has answered a call; `isWell` where nothing else finds out whether it is well.
    func noteAnswer(isWell: Bool) {
        self.state.withLock { state in
            state.misanswer = nil
            if isWell { state.outage = nil }
        }
    }

    /// LangFlow was found to be well.
    func forgetOutage() {
        self.state.withLock { $0.outage = nil }
    }

    /// Why LangFlow may be away, and what answers in its place; `nil` while nothing speaks for it.
    var current: (outage: UpstreamFault?, misanswer: UpstreamFault?) {
        self.state.withLock { ($0.outage, $0.misanswer) }
    }

    /// What went wrong with the call that failed last.
    var latest: UpstreamFault? { self.state.withLock { $0.latest } }
}
