package import AmbassadorCore

/// Patterns as tests write them.
extension TweakPattern: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let pattern = TweakPattern(text) else { preconditionFailure("a test's tweak is no pattern: \(text)") }
        self = pattern
    }
}
