/// What an operator calls a listener: by its plane, and by the setting that says where it is.
package enum ListenerName: String, Sendable, Hashable {
    /// Where applications connect.
    case data
    /// Metrics and the operators' changes.
    case admin
    /// Probes and metrics, for kubelets and scrapers that cannot reach the other listeners.
    case probes
    /// The stand-in for LangFlow of the demonstration.
    case demo

    package var setting: String {
        switch self {
        case .data: "listen.address"
        case .admin: "admin.address"
        case .probes: "probes.address"
        case .demo: "--upstream-port"
        }
    }

    /// The name as metrics have it.
    var plane: String { self.rawValue }
}
