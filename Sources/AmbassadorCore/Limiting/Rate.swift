/// So many requests in a period, such as 100 in 1 s.
package struct Rate: Sendable, Hashable {
    /// The most requests that a rate may name.
    package static let countMax = 1_000_000
    /// The longest period: a day.
    package static let periodSecondsMax = 86_400

    package let count: Int
    package let periodSeconds: Int

    /// - Throws: where a number is outside 1…1,000,000 requests in 1…86,400 seconds.
    package init(count: Int, periodSeconds: Int) throws(InvalidValue) {
        guard (1...Self.countMax).contains(count) else {
            throw InvalidValue("is not a rate of 1 to 1000000 requests in a period")
        }
        guard (1...Self.periodSecondsMax).contains(periodSeconds) else {
            throw InvalidValue("has a period that is not between one second and one day")
        }
        self.count = count
        self.periodSeconds = periodSeconds
    }
}
