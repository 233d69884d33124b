import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Minutes of a LangFlow that goes away and comes back, with flows that time out or lose connections, at the same seeds in each run.
@Suite struct UpstreamHealthSimulationTests {
    @Test("healthy flows are answered while LangFlow is there, whatever the others do", arguments: 1...40)
    func seeds(seed: UInt64) {
        var simulation = OutageSimulation(seed: seed)
        simulation.run(for: .seconds(300))
        #expect(simulation.refusedThoughWell <= simulation.refusalsAllowed, "seed \(seed)")
        #expect(simulation.echo.breaker.state == .closed)
        #expect(simulation.openingsOfEcho == 0, "something else opened a healthy flow's breaker")
        #expect(simulation.pausesBelowASecond == 0)
        #expect(simulation.questionsWithoutCause == 0)
        #expect(simulation.callsSpent == 0, "a caller's request found out whether LangFlow was back")
        #expect(simulation.answered > 50)
        #expect(simulation.hasOpenedSlow, "the breaker of the flow that always times out never opened")
    }
}
