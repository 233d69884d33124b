import AmbassadorCore
import Foundation

/// Reads moments as people write them, in the time zone of who writes them.
///
/// How long ago (`90m`, `24h`, `2d`, `1w`); `now`, `today`, `yesterday`, or a day (`2026-11-22`), with or without a time behind it
/// (`14:05`, `14:05:30.5`) and that with or without a zone (`Z`, `+01:00`); or a time alone, which is today's.
struct MomentReader {
    static let hint =
        "write how long ago (90m, 24h, 1w), a time of today (14:05), or a day and time (yesterday 14:05, 2026-11-22T20:15:00Z)"
    private static let weekMilliseconds: Int64 = 7 * 86_400_000
    private static let weeksMax: Int64 = 10_000

    let now: Timestamp
    var zone = TimeZone.ofCaller

    /// The moment with which something begins: a time alone that is still to come today is yesterday's.
    func start(_ text: String) throws(InvalidValue) -> Timestamp {
        try self.read(text, mayBeYesterday: true)
    }

    /// The moment with which something ends.
    func end(_ text: String) throws(InvalidValue) -> Timestamp {
        try self.read(text, mayBeYesterday: false)
    }

    /// What a table says above its rows; empty where nothing was asked for.
    func heading(since: Timestamp?, until: Timestamp?) -> String {
        let parts = [since.map { "since \(self.local($0))" }, until.map { "until \(self.local($0))" }].compactMap { $0 }
        return parts.isEmpty ? "" : parts.joined(separator: ", ") + "\n"
    }

    /// The moment in the zone of the caller, such as `2026-11-30 14:05 +01:00`; with seconds where it has some.
    func local(_ time: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
        let parts = self.calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func padded(_ number: Int?, _ width: Int = 2) -> String {
            let digits = String(number ?? 0)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let day = "\(padded(parts.year, 4))-\(padded(parts.month))-\(padded(parts.day))"
        let seconds = parts.second == 0 ? "" : ":\(padded(parts.second))"
        let offset = self.zone.secondsFromGMT(for: date) / 60
        let sign = offset < 0 ? "-" : "+"
        let zone = "\(sign)\(padded(abs(offset) / 60)):\(padded(abs(offset) % 60))"
        return "\(day) \(padded(parts.hour)):\(padded(parts.minute))\(seconds) \(zone)"
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = self.zone
        return calendar
    }

    private func read(_ text: String, mayBeYesterday: Bool) throws(InvalidValue) -> Timestamp {
        guard text.utf8.count <= 60, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw InvalidValue("is not a time; \(Self.hint)")
        }
        if let past = try Self.milliseconds(ago: text) {
            return self.now.advanced(by: .milliseconds(-past))
        }
        if text == "now" { return self.now }
        let pattern =
            /(?:(\d{4}-\d{2}-\d{2}|today|yesterday)(?:[T ]|$))?(?:(\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(Z|[+-]\d{2}:?\d{2})?)?/
        guard !text.isEmpty, !text.hasSuffix(" "), !text.hasSuffix("T"), let match = text.wholeMatch(of: pattern) else {
            throw InvalidValue("is not a time; \(Self.hint)")
        }
        let (_, day, clock, seconds, fraction, zone) = match.output
        let moment = try self.moment(
            day: day.map(String.init) ?? "today",
            clock: (clock ?? "00:00") + (seconds ?? ":00"),
            zone: zone.map(String.init)
        )
        let digits = (fraction.map { String($0.dropFirst()) } ?? "").padding(toLength: 3, withPad: "0", startingAt: 0)
        let time = moment.advanced(by: .milliseconds(Int64(digits) ?? 0))
        guard day == nil, mayBeYesterday, time > self.now else { return time }
        return try self.moment(
            day: "yesterday",
            clock: (clock ?? "00:00") + (seconds ?? ":00"),
            zone: zone.map(String.init)
        )
    }

    /// `nil` where the text is no duration; weeks, which settings do not have, may stand in front.
    private static func milliseconds(ago text: String) throws(InvalidValue) -> Int64? {
        var rest = text
        var weeks: Int64 = 0
        if let match = text.prefixMatch(of: /(\d{1,4})w/) {
            weeks = Int64(match.output.1) ?? 0
            rest = String(text[match.range.upperBound...])
            if rest.isEmpty { return weeks * self.weekMilliseconds }
        }
        do throws(InvalidValue) {
            return weeks * Self.weekMilliseconds + (try DurationText.parse(rest)).milliseconds
        } catch {
            // Whatever it is, it may still be a day or a time.
            return nil
        }
    }

    private func moment(day: String, clock: Substring, zone: String?) throws(InvalidValue) -> Timestamp {
        var calendar = self.calendar
        if let zone { calendar.timeZone = try Self.zone(zone) }
        var parts: DateComponents
        switch day {
        case "today", "yesterday":
            let today = Date(timeIntervalSince1970: Double(self.now.milliseconds) / 1000)
            let date = day == "today" ? today : calendar.date(byAdding: .day, value: -1, to: today) ?? today
            parts = calendar.dateComponents([.year, .month, .day], from: date)
        default:
            let numbers = day.split(separator: "-").map { Int($0) }
            parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
        }
        let times = clock.split(separator: ":").map { Int($0) ?? 0 }
        (parts.hour, parts.minute, parts.second) = (times[0], times[1], times[2])
        // Lenient calendars turn 30 February into 2 March, and 25:00 into the next day. A time that a change of the clocks leaves out moves
        // within its day.
        guard times[0] < 24, times[1] < 60, times[2] < 60, let date = calendar.date(from: parts) else {
            throw InvalidValue("is not a time that exists; \(Self.hint)")
        }
        let found = calendar.dateComponents([.year, .month, .day], from: date)
        guard (found.year, found.month, found.day) == (parts.year, parts.month, parts.day)
        else { throw InvalidValue("is not a time that exists; \(Self.hint)") }
        return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    private static func zone(_ text: String) throws(InvalidValue) -> TimeZone {
        guard text != "Z" else { return .gmt }
        let digits = text.dropFirst().filter(\.isNumber)
        guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)), minutes < 60,
            let zone = TimeZone(secondsFromGMT: (text.hasPrefix("-") ? -60 : 60) * (hours * 60 + minutes))
        else { throw InvalidValue("is not a time that exists; \(Self.hint)") }
        return zone
    }
}

extension TimeZone {
    /// The zone of who runs the command: of the variable `TZ`, else of the machine.
    static var ofCaller: TimeZone {
        let name = ProcessInfo.processInfo.environment["TZ"].map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 }
        guard let name, !name.isEmpty else { return .current }
        if let zone = TimeZone(identifier: name) { return zone }
        // A rule of its own, such as CET-1CEST, is the C library's to read.
        var now = time(nil)
        var local = tm()
        tzset()
        localtime_r(&now, &local)
        return TimeZone(secondsFromGMT: local.tm_gmtoff) ?? .gmt
    }
}
