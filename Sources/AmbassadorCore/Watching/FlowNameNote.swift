/// What is kept of a target's names over a restart: `id endpoint|- known|gone milliseconds`, the time zero where it was never outdated.
package struct FlowNameNote: Sendable {
    var known: LearnedNames.Known
    var outdatedAt: Timestamp?

    /// What the names of such notes begin with; the target follows.
    package static let prefix = "flow-names:"

    static func name(of target: FlowName) -> String { Self.prefix + target.description }

    init(known: LearnedNames.Known, outdatedAt: Timestamp?) {
        self.known = known
        self.outdatedAt = outdatedAt
    }

    /// - Returns: `nil` for anything else than ``text``.
    package init?(_ text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 4, let id = FlowName(parts[0]), id.isUUID, ["known", "gone"].contains(parts[2]),
            let milliseconds = Int64(parts[3]), milliseconds >= 0
        else { return nil }
        let endpointName = parts[1] == "-" ? nil : FlowName(parts[1])
        self.known = LearnedNames.Known(
            identity: FlowIdentity(id: id, endpointName: endpointName, title: ""),
            isGone: parts[2] == "gone"
        )
        self.outdatedAt = milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
    }

    var text: String {
        let endpoint = self.known.identity.endpointName?.description ?? "-"
        return "\(self.known.identity.id) \(endpoint) \(self.known.isGone ? "gone" : "known") "
            + "\(self.outdatedAt?.milliseconds ?? 0)"
    }

    /// Whether LangFlow runs the target by a name.
    package func isCalled(_ name: FlowName) -> Bool {
        self.known.identity.id == name || self.known.identity.endpointName == name
    }
}
