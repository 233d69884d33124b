import AmbassadorCore

extension Timestamp {
    /// Reads a moment in UTC as ``Timestamp/iso8601`` writes it: `2026-11-22T20:11:46.123Z`, the fraction left out or not.
    ///
    /// Dates are turned into days by Howard Hinnant's `days_from_civil`.
    ///
    /// - Returns: `nil` for anything else, days that no calendar has and leap seconds included (RFC 3339 §5.6 allows the latter).
    init?(rfc3339 bytes: [UInt8]) {
        let hasFraction = bytes.count == 24
        guard hasFraction || bytes.count == 20 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var number: Int64 = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = 10 * number + Int64(byte - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let fraction = hasFraction ? number(20..<23) : 0
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let seconds = ((era * 146_097 + dayOfEra - 719_468) * 24 + hour) * 3600 + minute * 60 + second
        self.init(milliseconds: seconds * 1000 + fraction)
        // Whatever is out of range, such as 30 February or a wrong separator, would be written otherwise.
        let written = hasFraction ? bytes : bytes.dropLast() + Array(".000Z".utf8)
        guard self.iso8601.utf8.elementsEqual(written) else { return nil }
    }
}
