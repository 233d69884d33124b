package import AmbassadorCore
import Synchronization

/// A LangFlow that is as well as the test says.
package final class ScriptedHealthSource: HealthSource {
    private struct State {
        var reading: HealthReading?
        var questions = 0
    }

    private let state: Mutex<State>

    package init(_ reading: HealthReading? = .healthy) {
        self.state = Mutex(State(reading: reading))
    }

    /// How often it was asked.
    package var questions: Int { self.state.withLock { $0.questions } }

    /// Answers so from now on.
    package func become(_ reading: HealthReading?) {
        self.state.withLock { $0.reading = reading }
    }

    package func health() async -> HealthReading? {
        self.state.withLock { state in
            state.questions += 1
            return state.reading
        }
    }
}
