extension Timestamp {
    /// The moment in UTC as RFC 3339 writes it, with milliseconds: `2026-11-22T20:11:46.123Z`.
    ///
    /// Days are turned into dates by Howard Hinnant's `civil_from_days` (chrono-compatible low-level date algorithms), which is
    /// exact for the proleptic Gregorian calendar.
    package var iso8601: String {
        let day = self.milliseconds.flooredDivision(by: 86_400_000)
        let inDay = Int(self.milliseconds - day * 86_400_000)
        let shifted = day + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let date = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        let clock = [(inDay / 3_600_000, 2), (inDay / 60_000 % 60, 2), (inDay / 1000 % 60, 2)].map(Self.padded)
        let calendar = [(year, 4), (month, 2), (date, 2)].map(Self.padded)
        return calendar.joined(separator: "-") + "T" + clock.joined(separator: ":") + "." + Self.padded(inDay % 1000, 3)
            + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
