/// What a caller may do to which flows; what is not granted is denied.
package struct Permissions: Hashable, Sendable {
    /// Actions that are allowed on the flows of a pattern; for actions on the ambassador the pattern has no meaning.
    package struct Grant: Hashable, Sendable, CustomStringConvertible {
        package let action: Action
        package let flows: FlowPattern

        package init(_ action: Action, on flows: FlowPattern = .any) {
            self.action = action
            self.flows = flows
        }

        /// Reads `run`, `run:faq_*` or `admin:read`.
        ///
        /// - Throws: where the text is not a grant.
        package init(_ text: String) throws(InvalidValue) {
            if let action = Action(rawValue: text) {
                self.init(action)
                return
            }
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let action = Action(rawValue: String(parts[0])), action.isOnFlow else {
                let actions = Action.allCases.map(\.rawValue).joined(separator: ", ")
                throw InvalidValue(
                    "is not a permission; write one of \(actions), those on flows with :PATTERN if need be"
                )
            }
            guard let flows = FlowPattern(String(parts[1])) else {
                throw InvalidValue("does not end in a flow's name or a pattern such as faq_*")
            }
            self.init(action, on: flows)
        }

        package var description: String {
            self.action.isOnFlow ? "\(self.action.rawValue):\(self.flows)" : self.action.rawValue
        }
    }

    /// Everything: what a caller may do where nobody is asked who they are.
    package static let all = Permissions(Action.allCases.map { Grant($0) })

    /// The most grants that one caller may have.
    package static let grantsMax = 256

    package let grants: [Grant]

    package init(_ grants: [Grant]) {
        self.grants = grants
    }

    /// Whether an action on a flow is allowed.
    package func allows(_ action: Action, on flow: FlowName) -> Bool {
        self.grants.contains { $0.action == action && $0.flows.matches(flow) }
    }

    /// Whether an action on the ambassador is allowed.
    package func allows(_ action: Action) -> Bool {
        self.grants.contains { $0.action == action }
    }
}
