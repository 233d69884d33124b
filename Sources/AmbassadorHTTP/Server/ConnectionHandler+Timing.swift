import AmbassadorCore
import NIOCore

extension ConnectionHandler {
    /// A caller that takes less than this from one write time-out to the next is not reading.
    private static let progressBytesMin = 16 * 1024

    /// Finds out what the connection waits for and sets the timer to it.
    func armTimer() {
        guard let context = self.context else { return }
        let phase = self.phase
        if phase == .write, self.timer.phase != .write { self.bufferedBytesAtWrite = self.bufferedBytes }
        guard let deadline = self.timer.enter(phase, at: self.phaseStart(phase), timeout: self.timeout(of: phase))
        else {
            return
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timer.keep(
            context.eventLoop.scheduleTask(deadline: deadline) { bound.value.timeOut() },
            at: deadline
        )
    }

    private var phase: ConnectionTimer.Phase {
        if self.isOutputBlocked || self.stream?.isSending == true { return .write }
        if self.isLastAnswerWritten { return .linger }
        if self.pending != nil || !self.waiting.isEmpty { return .working }
        switch self.input {
        case .head: return self.headBegunAt == nil ? .idle : .head
        case .body, .discarding: return .body
        case .ended: return .linger
        }
    }

    private func phaseStart(_ phase: ConnectionTimer.Phase) -> NIODeadline {
        phase == .idle ? self.lastActive : .now()
    }

    private func timeout(of phase: ConnectionTimer.Phase) -> TimeAmount? {
        switch phase {
        case .idle: self.configuration.idleTimeout
        case .head: self.configuration.headerTimeout
        case .body: self.configuration.bodyTimeout
        case .write: self.configuration.writeTimeout
        case .linger: self.configuration.lingerTimeout
        case .working: nil
        }
    }

    private var bufferedBytes: Int {
        // The option is there on every socket channel; where it could not be read, nothing counts as progress.
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func timeOut() {
        guard self.context != nil else { return }
        guard self.timer.hasExpired(at: .now()) else {
            self.armTimer()
            return
        }
        switch self.timer.phase {
        case .head:
            self.breakOff(Refusal(.clientTimeout, "The head of the request took too long."))
            self.proceed()
        case .body:
            if case .discarding = self.input {
                self.close()
            } else {
                self.breakOff(Refusal(.clientTimeout, "The body of the request took too long."))
                self.proceed()
            }
        case .write:
            guard self.bufferedBytesAtWrite - self.bufferedBytes >= Self.progressBytesMin else {
                self.close()
                return
            }
            self.timer.restart()
            self.armTimer()
        case .idle, .linger:
            self.close()
        case .working, nil:
            self.armTimer()
        }
    }
}
