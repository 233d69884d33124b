import AmbassadorCore

/// How long an answer asks to wait (RFC 9110 §10.2.3).
enum RetryAfter {
    /// The longest wait that is believed: a day.
    static let secondsMax = 86_400

    /// - Returns: seconds from 1 to ``secondsMax``, or `nil` where nothing is asked for, or nothing that can be read.
    static func seconds(_ values: [String], receivedAt time: Timestamp) -> Int? {
        guard let value = values.first else { return nil }
        let digits = value.utf8
        let seconds: Int64
        if !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) {
            seconds = Int64(AnswerFreshness.number(digits))
        } else {
            guard let moment = HTTPDate.seconds(of: value) else { return nil }
            seconds = moment - time.milliseconds / 1000
        }
        return seconds > 0 ? Int(min(seconds, Int64(Self.secondsMax))) : nil
    }
}
