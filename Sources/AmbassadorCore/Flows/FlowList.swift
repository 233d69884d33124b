package import NIOCore

/// The flows that LangFlow listed at one time, found by what it runs them by.
package struct FlowList: Sendable {
    /// More flows are not kept.
    package static let countMax = 4_096

    /// In LangFlow's order.
    package let flows: [FlowIdentity]
    /// Whether all flows are there, so that one that is not is gone.
    package let isComplete: Bool
    /// When LangFlow was asked, by the monotonic clock.
    package let askedAt: NIODeadline

    private var byName: [FlowName: FlowIdentity] = [:]
    /// What LangFlow must not have twice.
    private var ambiguous: Set<FlowName> = []

    /// Takes the first ``countMax`` flows.
    package init(_ flows: [FlowIdentity], isComplete: Bool = true, askedAt: NIODeadline) {
        self.flows = Array(flows.prefix(Self.countMax))
        self.isComplete = isComplete && flows.count <= Self.countMax
        self.askedAt = askedAt
        self.byName.reserveCapacity(2 * self.flows.count)
        for flow in self.flows {
            for name in [flow.id, flow.endpointName].compactMap({ $0 }) {
                if let other = self.byName[name], other.id != flow.id { self.ambiguous.insert(name) }
                self.byName[name] = flow
            }
        }
    }

    /// The flow that LangFlow runs by a name.
    ///
    /// - Returns: `nil` where there is none, and where several have the name.
    func flow(called name: FlowName) -> FlowIdentity? {
        self.ambiguous.contains(name) ? nil : self.byName[name]
    }

    func isAmbiguous(_ name: FlowName) -> Bool { self.ambiguous.contains(name) }
}
