package import AmbassadorCore

/// What a request target asks for: one of the listed routes, found on raw bytes before anything is decoded.
package enum Endpoint: Sendable, Hashable {
    case call(Route)
    case probe(Probe)
    /// LangFlow's list of flows.
    case flows
    /// One of a plane that has routes of its own: those decide about it.
    case own(path: String, query: String?)

    /// The value of `Allow` on a 405.
    package var allowedMethods: String { self.methods.joined(separator: ", ") }

    /// Whether it has the method; those of ``own(path:query:)`` are their plane's to judge.
    func takes(_ method: String) -> Bool {
        if case .own = self { true } else { self.methods.contains(method) }
    }

    private var methods: [String] {
        switch self {
        case .call: ["POST"]
        case .probe, .flows: ["GET", "HEAD"]
        case .own: []
        }
    }
}
