import AmbassadorCore
import Testing

@Suite("Flows by name")
struct FlowRegistryTests {
    private let target = "0b1e0000-0000-4000-8000-000000000000"

    private func registry(_ unlisted: FlowRegistry.UnlistedFlows) throws -> FlowRegistry {
        var settings = FlowSettings()
        settings.target = FlowName(self.target)
        return FlowRegistry(
            listed: [try #require(FlowName("faq")): settings, try #require(FlowName("other")): settings],
            unlisted: unlisted,
            breaker: CircuitBreakerSettings(),
            metrics: MetricRegistry()
        )
    }

    @Test("whoever names what a listed flow runs gets that flow, with its limits and its price")
    func byTarget() throws {
        for registry in [try self.registry(.allow(FlowSettings())), try self.registry(.deny)] {
            let target = try #require(FlowName(self.target))
            let named = try #require(registry.flow(named: target))
            #expect(named === registry.flow(named: try #require(FlowName("faq"))))
        }
    }

    @Test("any other name is its own flow, or none")
    func unlisted() throws {
        let name = try #require(FlowName("elsewhere"))
        #expect(try self.registry(.allow(FlowSettings())).flow(named: name)?.name == name)
        #expect(try self.registry(.deny).flow(named: name) == nil)
    }
}
