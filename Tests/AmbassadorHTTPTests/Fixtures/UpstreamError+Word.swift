import AmbassadorCore

extension UpstreamError {
    /// The error without its cause.
    var word: String {
        switch self {
        case .unreachable: "unreachable"
        case .noResources: "noResources"
        case .connectionLost: "connectionLost"
        case .timeout: "timeout"
        case .invalid: "invalid"
        case .cancelled, .cancelledUnsent: "cancelled"
        }
    }
}
