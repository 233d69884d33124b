import AmbassadorCore
import Foundation

/// Moments as people write them: how long ago (`24h`), or ISO 8601 (`2026-11-22`, `2026-11-22T20:15:00Z`); UTC without a zone.
enum Moment {
    static let hint = "write how long ago (24h, 7d) or a date and time (2026-11-22T20:15:00Z)"

    static func parse(_ text: String, now: Timestamp) throws(InvalidValue) -> Timestamp {
        do throws(InvalidValue) {
            return now.advanced(by: .zero - (try DurationText.parse(text)))
        } catch {
            return try Self.date(text)
        }
    }

    private static func date(_ text: String) throws(InvalidValue) -> Timestamp {
        let pattern = /(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(Z|[+-]\d{2}:?\d{2})?)?/
        guard text.utf8.count <= 40, let match = text.wholeMatch(of: pattern) else {
            throw InvalidValue("is not a time; \(Self.hint)")
        }
        let (_, day, clock, seconds, fraction, zone) = match.output
        let zoned = "\(day)T\(clock ?? "00:00")\(seconds ?? ":00")\(zone ?? "Z")"
        guard let date = try? Date(zoned, strategy: .iso8601), Self.exists(day) else {
            throw InvalidValue("is not a time that exists; \(Self.hint)")
        }
        let digits = (fraction.map { String($0.dropFirst()) } ?? "").padding(toLength: 3, withPad: "0", startingAt: 0)
        let milliseconds = Int64(date.timeIntervalSince1970.rounded()) * 1000
        return Timestamp(milliseconds: milliseconds + (Int64(digits) ?? 0))
    }

    /// Whether a calendar has the day: lenient parsers turn 30 February into 2 March.
    private static func exists(_ day: Substring) -> Bool {
        guard let date = try? Date("\(day)T00:00:00Z", strategy: .iso8601) else { return false }
        return date.formatted(.iso8601).hasPrefix(day)
    }
}
