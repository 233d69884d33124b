/// What a caller may be allowed to do.
package enum Action: String, Sendable, CaseIterable {
    /// Call a flow.
    case run
    /// Have a flow answered anew although an answer is stored.
    case refresh
    /// Have an answer streamed.
    case stream
    /// Send tweaks that the flow lets callers send.
    case tweak
    /// See metrics, statistics and settings.
    case adminRead = "admin:read"
    /// Remove stored answers.
    case adminPurge = "admin:purge"
    /// Change what is stored or in force.
    case adminWrite = "admin:write"

    /// Whether the action is done to a flow; the others are done to the ambassador.
    package var isOnFlow: Bool {
        switch self {
        case .run, .refresh, .stream, .tweak: true
        case .adminRead, .adminPurge, .adminWrite: false
        }
    }
}
