package import NIOCore
import Synchronization

/// Keeps calls from an upstream that fails, and finds out by few of them when it is back.
///
/// Only the monotonic clock counts, as the caller reads it; a step of the wall clock changes nothing.
package final class CircuitBreaker: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Every call may go.
        case closed
        /// No call may go.
        case open
        /// A few calls may go, to find out.
        case halfOpen = "half-open"
    }

    /// The leave to make one call, to be reported once: as succeeded, failed or abandoned.
    ///
    /// One that is never reported, or late, does no harm: a call of a closed breaker is then not counted, and a probe is taken for lost.
    package struct Permit: Sendable, Hashable {
        let epoch: UInt64
        /// `nil` for a call of a closed breaker.
        let probe: UInt64?

        /// Whether the call is to find out if the upstream is back.
        package var isProbe: Bool { self.probe != nil }
    }

    private let machine: Mutex<StateMachine>
    /// The state machine's epoch while closed, zero otherwise: all that a call of a closed breaker has to read.
    private let closedEpoch: Atomic<UInt64>

    package init(settings: CircuitBreakerSettings) {
        let machine = StateMachine(settings: settings)
        self.closedEpoch = Atomic(machine.epoch)
        self.machine = Mutex(machine)
    }

    /// Asks for a call; one atomic load while closed.
    ///
    /// - Returns: `nil` while the call must not be made: the caller fails at once.
    package func permit(at now: NIODeadline) -> Permit? {
        let epoch = self.closedEpoch.load(ordering: .acquiring)
        guard epoch == 0 else { return Permit(epoch: epoch, probe: nil) }
        return self.machine.withLock { $0.permit(at: now) }
    }

    /// Reports that the upstream answered.
    ///
    /// - Returns: the new state where the report changed it, for the log.
    @discardableResult
    package func succeeded(_ permit: Permit, at now: NIODeadline, took duration: Duration) -> State? {
        self.report(.succeeded, of: permit, at: now, took: duration)
    }

    /// Reports that the upstream failed: no connection, no answer in time, or an answer that counts as a failure.
    ///
    /// - Returns: the new state where the report changed it, for the log.
    @discardableResult
    package func failed(_ permit: Permit, at now: NIODeadline, took duration: Duration) -> State? {
        self.report(.failed, of: permit, at: now, took: duration)
    }

    /// Reports that the call says nothing of the upstream: it was not made, or its caller gave it up.
    package func abandoned(_ permit: Permit, at now: NIODeadline) {
        _ = self.report(.abandoned, of: permit, at: now, took: .zero)
    }

    /// Takes that the upstream is well, as another than a call has found out.
    ///
    /// - Returns: ``State/closed`` where it was open or half open, for the log.
    func recover() -> State? {
        self.change { $0.recover() }
    }

    /// Keeps the breaker open until a moment at least, if it is open: another than the calls finds out when the upstream is back.
    func hold(until moment: NIODeadline) {
        self.machine.withLock { $0.hold(until: moment) }
    }

    package var state: State { self.machine.withLock { $0.state } }

    /// How long a caller that was refused should wait before it asks again; zero while closed.
    package func retryAfter(at now: NIODeadline) -> Duration {
        self.machine.withLock { $0.retryAfter(at: now) }
    }

    private func report(_ report: Report, of permit: Permit, at now: NIODeadline, took duration: Duration) -> State? {
        self.change { $0.report(report, of: permit, at: now, took: duration) }
    }

    /// - Returns: the new state where there is one.
    @discardableResult
    private func change(_ body: (inout StateMachine) -> Void) -> State? {
        self.machine.withLock { machine in
            let epoch = machine.epoch
            body(&machine)
            guard machine.epoch != epoch else { return nil }
            self.closedEpoch.store(machine.state == .closed ? machine.epoch : 0, ordering: .releasing)
            return machine.state
        }
    }
}
