import Glibc

/// What each signal asks of a running ambassador.
///
/// The first of SIGINT and SIGTERM lets everything that is under way end; whoever sends another one, or SIGQUIT, does not want to wait
/// for that.
struct SignalPolicy {
    /// What is to be done.
    enum Action: Sendable, Equatable {
        /// Nothing, but it is said.
        case note(String)
        /// Stop once what is under way has ended.
        case drain
        /// Stop now; only what is to be kept is still written.
        case stopNow
    }

    static let caught = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]

    private var isDraining = false

    mutating func action(on signal: Int32) -> Action {
        switch signal {
        case SIGHUP:
            return .note("SIGHUP: settings are not read again while the ambassador runs; restart it to apply changes")
        case SIGUSR1: return .note("SIGUSR1 means nothing here and is ignored")
        case SIGUSR2: return .note("SIGUSR2 means nothing here and is ignored")
        case SIGINT, SIGTERM:
            defer { self.isDraining = true }
            return self.isDraining ? .stopNow : .drain
        default: return .stopNow
        }
    }
}
