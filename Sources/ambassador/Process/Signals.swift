import CProcess
import Dispatch
import Glibc
import Synchronization

/// The signals that reach the process from the moment on at which this is made.
///
/// None of them ends the process by itself any more. What came before there was somebody to tell is told then.
final class Signals: Sendable {
    private struct State {
        var policy = SignalPolicy()
        var receiver: (@Sendable (SignalPolicy.Action) -> Void)?
        var waiting: [SignalPolicy.Action] = []
    }

    /// Of signals that come while nobody is there to be told, so many are remembered.
    private static let waitingMax = 16
    /// How long a start that is to stop at once may take to get so far that there is something to stop.
    private static let startPatience: DispatchTimeInterval = .seconds(5)

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "ambassador.signals", qos: .userInitiated)

    /// Catches the signals; for one call in the life of the process.
    ///
    /// - Throws: ``CommandFailure`` where they cannot be caught.
    static func watch() throws(CommandFailure) -> Signals {
        let descriptor = ambassador_catch_signals(SignalPolicy.caught, Int32(SignalPolicy.caught.count))
        guard descriptor >= 0 else {
            throw CommandFailure("signals cannot be caught: \(String(cString: strerror(errno)))")
        }
        let signals = Signals()
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: signals.queue)
        // The source lives as long as its handler, and both as long as the process.
        source.setEventHandler {
            withExtendedLifetime(source) { Self.read(descriptor) { signals.receive($0) } }
        }
        source.activate()
        return signals
    }

    /// Tells `receiver` of each signal, those first that came before.
    func deliver(to receiver: @escaping @Sendable (SignalPolicy.Action) -> Void) {
        let waiting = self.state.withLock { state in
            state.receiver = receiver
            defer { state.waiting = [] }
            return state.waiting
        }
        for action in waiting { receiver(action) }
    }

    func receive(_ signal: Int32) {
        let (action, receiver) = self.state.withLock { state in
            let action = state.policy.action(on: signal)
            if state.receiver == nil, state.waiting.count < Self.waitingMax { state.waiting.append(action) }
            return (action, state.receiver)
        }
        if let receiver { return receiver(action) }
        guard action == .stopNow else { return }
        self.queue.asyncAfter(deadline: .now() + Self.startPatience) {
            // A start that hangs has served nobody, so nothing is lost with it.
            if self.state.withLock({ $0.receiver == nil }) { _exit(128 + signal) }
        }
    }

    private static func read(_ descriptor: Int32, _ body: (Int32) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            while true {
                let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                for byte in bytes[..<count] { body(Int32(byte)) }
            }
        }
    }
}
