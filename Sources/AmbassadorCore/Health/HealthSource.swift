/// What asks LangFlow whether it is well.
package protocol HealthSource: Sendable {
    /// Asks once, and answers within a few seconds.
    ///
    /// - Returns: `nil` where nothing was learned: the task was cancelled, or the fault is our own.
    func health() async -> HealthReading?
}

/// What one question for LangFlow's health brought.
package enum HealthReading: Sendable, Hashable {
    case healthy
    /// No connection, no answer in time, or an answer that only a failing server or its gateway gives; why, for an operator.
    case unhealthy(String)
    /// An answer that says nothing of LangFlow, such as the 404 of a gateway that does not pass the path on; why, for an operator.
    case unusable(String)

    /// The metric's label.
    var label: String {
        switch self {
        case .healthy: "healthy"
        case .unhealthy: "unhealthy"
        case .unusable: "unusable"
        }
    }
}
