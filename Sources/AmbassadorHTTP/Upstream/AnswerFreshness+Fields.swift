import AmbassadorCore
import NIOHTTP1

extension AnswerFreshness {
    /// The most that is believed: about 68 years, the least that RFC 9111 §1.2.2 asks to be kept apart.
    static let secondsMax = 2_147_483_648

    /// Reads what an answer's fields say to a shared cache that never revalidates (RFC 9111 §5.2.2, RFC 9211).
    ///
    /// A lifetime that cannot be read is none. Of several lifetimes of one kind the least counts; `s-maxage` goes before `max-age`, and that
    /// before `Expires`. The answer's `Date` is compared with its `Expires` alone: clocks of containers differ.
    ///
    /// - Parameters:
    ///   - fields: of an answer with status 200.
    ///   - time: when it came.
    init(_ fields: HTTPHeaders, receivedAt time: Timestamp) {
        let control = CacheControl(fields["cache-control"])
        let caches = CacheStatusField(fields["cache-status"])
        self.init(
            lifetimeMax: control.seconds.map { .seconds($0) } ?? Self.lifetime(untilExpiryIn: fields, receivedAt: time),
            age: Self.age(fields["age"]),
            forbidsStale: control.forbidsStale,
            degradation: Self.degradation(fields["x-ambassador-degraded"].first) ?? caches.degradation
        )
        if control.forbidsStoring || caches.isStale || self.degradation != nil || Self.varies(fields["vary"]) {
            self.lifetimeMax = .zero
        }
    }

    /// A list's first member counts; what is no number is not there (RFC 9111 §5.1).
    private static func age(_ values: [String]) -> Duration? {
        let first = values.first?.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).first
        guard let digits = first?.trimmingBlanks, !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return .seconds(Self.number(digits))
    }

    private static func lifetime(untilExpiryIn fields: HTTPHeaders, receivedAt time: Timestamp) -> Duration? {
        let expiries = fields["expires"]
        guard let first = expiries.first else { return nil }
        // "0" and all else that is no date is the past (RFC 9111 §5.3).
        guard expiries.count == 1, let expiry = HTTPDate.seconds(of: first) else { return .zero }
        let date = fields["date"].first.flatMap { HTTPDate.seconds(of: $0) } ?? time.milliseconds / 1000
        return .seconds(min(max(0, expiry - date), Int64(Self.secondsMax)))
    }

    private static func varies(_ values: [String]) -> Bool {
        let names = values.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.map(\.trimmingBlanks)
        return names.contains {
            !$0.isEmpty && !$0.equalsIgnoringCase("accept-encoding") && !$0.equalsIgnoringCase("origin")
        }
    }

    private static func degradation(_ word: String?) -> Response.Degradation? {
        // Whatever else a later version may say: it is no fresh answer.
        word.map { Response.Degradation(rawValue: $0) ?? .stale }
    }

    static func number(_ digits: some Collection<UInt8>) -> Int {
        digits.reduce(0) { min(Self.secondsMax, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
    }
}

/// What an answer's `Cache-Control` says.
private struct CacheControl {
    private var shared: Int?
    private var general: Int?
    private(set) var forbidsStoring = false
    private(set) var forbidsStale = false

    init(_ values: [String]) {
        for directive in values.flatMap({ $0.utf8.split(separator: UInt8(ascii: ",")) }) {
            let parts = directive.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.trimmingBlanks else { continue }
            self.note(name, parts.dropFirst().first)
        }
    }

    /// The lifetime in seconds.
    var seconds: Int? { self.shared ?? self.general }

    private mutating func note(_ name: Substring.UTF8View, _ value: Substring.UTF8View?) {
        if name.equalsIgnoringCase("no-store") || name.equalsIgnoringCase("private") {
            self.forbidsStoring = true
        } else if name.equalsIgnoringCase("no-cache") {
            // To be revalidated each time, which is not done here.
            (self.forbidsStoring, self.forbidsStale) = (true, true)
        } else if name.equalsIgnoringCase("must-revalidate") || name.equalsIgnoringCase("proxy-revalidate") {
            self.forbidsStale = true
        } else if name.equalsIgnoringCase("s-maxage") {
            self.shared = min(self.shared ?? .max, Self.seconds(value))
            // It implies proxy-revalidate (RFC 9111 §5.2.2.10).
            self.forbidsStale = true
        } else if name.equalsIgnoringCase("max-age") {
            self.general = min(self.general ?? .max, Self.seconds(value))
        }
    }

    /// Digits alone are a lifetime: a sign, a quote, a blank or a fraction make it zero.
    private static func seconds(_ value: Substring.UTF8View?) -> Int {
        guard let value, !value.isEmpty, value.allSatisfy(\.isASCIIDigit) else { return 0 }
        return AnswerFreshness.number(value)
    }
}

/// What caches before LangFlow say of how they handled the request (RFC 9211).
private struct CacheStatusField {
    /// Whether one of them served what was stale by its own word.
    private(set) var isStale = false
    /// Whether one of them served it since it could not get a fresh answer.
    private(set) var degradation: Response.Degradation?

    /// Each member is a cache's name with parameters; a comma within a quoted text splits it, which can only keep an answer from being
    /// stored.
    init(_ values: [String]) {
        for member in values.flatMap({ $0.utf8.split(separator: UInt8(ascii: ",")) }) {
            let parts = member.split(separator: UInt8(ascii: ";")).map(\.trimmingBlanks)
            let isAmbassador = parts.first?.equalsIgnoringCase("ambassador") ?? false
            for part in parts.dropFirst() { self.note(part, isAmbassador: isAmbassador) }
        }
    }

    private mutating func note(_ parameter: Substring.UTF8View, isAmbassador: Bool) {
        let parts = parameter.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let (name, value) = (parts[0], parts[1])
        if name.equalsIgnoringCase("ttl"), value.first == UInt8(ascii: "-") {
            self.isStale = true
        } else if name.equalsIgnoringCase("fwd-status"), value.count == 3, value.first == UInt8(ascii: "5") {
            self.degradation = self.degradation ?? .stale
        } else if isAmbassador, name.equalsIgnoringCase("detail"), value.equalsIgnoringCase("degraded") {
            self.degradation = self.degradation ?? .stale
        } else if isAmbassador, name.equalsIgnoringCase("detail"), value.equalsIgnoringCase("fallback") {
            self.degradation = .fallback
        }
    }
}
