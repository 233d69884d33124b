/// How long an answer may be kept, by its own header fields (RFC 9111 §5.2.2, narrowed to a shared cache that never revalidates).
enum AnswerLifetime {
    /// The most that is believed: about 68 years, the least that RFC 9111 §1.2.2 asks to be kept apart.
    static let secondsMax = 2_147_483_648

    /// Reads all `Cache-Control` and `Vary` values of an answer.
    ///
    /// - Returns: Zero where they forbid keeping or a lifetime cannot be read, `nil` where they say nothing. Of several lifetimes of
    ///   one kind the least counts; `s-maxage` goes before `max-age`.
    static func of(cacheControl: [String], vary: [String]) -> Duration? {
        let varies = vary.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.map(\.trimmingBlanks)
        let mayVary = varies.contains {
            !$0.isEmpty && !$0.equalsIgnoringCase("accept-encoding") && !$0.equalsIgnoringCase("origin")
        }
        if mayVary { return .zero }
        var shared: Int?
        var general: Int?
        for directive in cacheControl.flatMap({ $0.utf8.split(separator: UInt8(ascii: ",")) }) {
            let parts = directive.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.trimmingBlanks else { continue }
            if name.equalsIgnoringCase("no-store") || name.equalsIgnoringCase("no-cache")
                || name.equalsIgnoringCase("private")
            {
                return .zero
            }
            if name.equalsIgnoringCase("s-maxage") {
                shared = min(shared ?? .max, Self.seconds(parts.dropFirst().first))
            } else if name.equalsIgnoringCase("max-age") {
                general = min(general ?? .max, Self.seconds(parts.dropFirst().first))
            }
        }
        return (shared ?? general).map { .seconds($0) }
    }

    /// Digits alone are a lifetime: a sign, a quote, a blank or a fraction make it zero.
    private static func seconds(_ value: (some Collection<UInt8>)?) -> Int {
        guard let value, !value.isEmpty, value.allSatisfy(\.isASCIIDigit) else { return 0 }
        return value.reduce(0) { min(Self.secondsMax, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
    }
}
