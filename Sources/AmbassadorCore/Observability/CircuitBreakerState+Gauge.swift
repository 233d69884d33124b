extension CircuitBreaker.State {
    /// The state as a level for a gauge: closed 0, half open 0.5, open 1.
    package var openness: Double {
        switch self {
        case .closed: 0
        case .halfOpen: 0.5
        case .open: 1
        }
    }
}
