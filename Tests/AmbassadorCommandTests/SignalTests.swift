import Foundation
import Synchronization
import Testing

@testable import ambassador

@Suite struct SignalTests {
    @Test("each signal asks for one thing; the second stop does not wait")
    func policy() {
        var policy = SignalPolicy()
        for signal in [SIGHUP, SIGUSR1, SIGUSR2] {
            guard case .note(let text) = policy.action(on: signal) else {
                Issue.record("\(signal) is more than a note")
                continue
            }
            #expect(text.hasPrefix("SIG"))
        }
        #expect(policy.action(on: SIGTERM) == .drain)
        #expect(policy.action(on: SIGHUP) != .drain)
        #expect(policy.action(on: SIGINT) == .stopNow)
        var other = SignalPolicy()
        #expect(other.action(on: SIGQUIT) == .stopNow)
        #expect(Set(SignalPolicy.caught) == [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2])
    }

    @Test("what comes before there is somebody to tell is told then, in its order, and bounded")
    func early() {
        let signals = Signals()
        signals.receive(SIGTERM)
        for _ in 0..<100 { signals.receive(SIGHUP) }
        let told = Mutex<[SignalPolicy.Action]>([])
        signals.deliver { action in told.withLock { $0.append(action) } }
        #expect(told.withLock { $0.first } == .drain)
        #expect(told.withLock { $0.count } == 16)
        signals.receive(SIGINT)
        #expect(told.withLock { $0.last } == .stopNow)
    }
}
