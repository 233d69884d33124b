/// What the head of an answer says of how old it is and how long it may live (RFC 9111), for an answer that a cache gave, too.
package struct AnswerFreshness: Sendable, Hashable {
    /// How long the answer lives, counted from when it was made; zero where it must not be stored, `nil` where nothing is said.
    package var lifetimeMax: Duration?
    /// How old the answer was when it came; `nil` where nothing is said, as of LangFlow itself.
    package var age: Duration?
    /// Whether the answer must not be served once it is stale, not even in an outage (RFC 9111 §4.2.4).
    package var forbidsStale: Bool
    /// What another ambassador, or a cache, gave in place of a fresh answer; `nil` for an answer of LangFlow's.
    ///
    /// Such an answer is not stored: its ``lifetimeMax`` is zero.
    package var degradation: Response.Degradation?

    package init(
        lifetimeMax: Duration? = nil,
        age: Duration? = nil,
        forbidsStale: Bool = false,
        degradation: Response.Degradation? = nil
    ) {
        self.lifetimeMax = lifetimeMax
        self.age = age
        self.forbidsStale = forbidsStale
        self.degradation = degradation
    }

    /// What most answers of LangFlow's say: nothing.
    package static let unsaid = AnswerFreshness()

    /// How old the answer is after a call of so many microseconds: its own age and what the call took (RFC 9111 §4.2.3).
    func age(took microseconds: Int64) -> Duration? {
        self.age.map { $0 + .microseconds(microseconds) }
    }

    /// Whether a cache may keep the answer.
    var isStorable: Bool { self.lifetimeMax != .zero }
}
