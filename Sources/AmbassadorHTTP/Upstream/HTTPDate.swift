import AmbassadorCore

/// Reads a date of a header field in any of the three forms that a recipient must take (RFC 9110 §5.6.7).
enum HTTPDate {
    private typealias Bytes = [UInt8]

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .map { Array($0.utf8) }

    /// - Returns: whole seconds since 1970, or `nil` for anything else than a date.
    static func seconds(of text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return Self.fixed(bytes) ?? Self.asctime(bytes) ?? Self.rfc850(bytes)
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the form that is written today.
    private static func fixed(_ bytes: Bytes) -> Int64? {
        guard bytes.count == 29, Self.has(bytes, ", ", at: 3), Self.has(bytes, " ", at: 7),
            Self.has(bytes, " ", at: 11),
            Self.has(bytes, " ", at: 16), Self.has(bytes, " GMT", at: 25)
        else { return nil }
        return Self.seconds(year: bytes[12..<16], month: bytes[8..<11], day: bytes[5..<7], time: bytes[17..<25])
    }

    /// Reads `Sun Nov  6 08:49:37 1994`, as C writes it.
    private static func asctime(_ bytes: Bytes) -> Int64? {
        guard bytes.count == 24, Self.has(bytes, " ", at: 3), Self.has(bytes, " ", at: 7), Self.has(bytes, " ", at: 10),
            Self.has(bytes, " ", at: 19)
        else { return nil }
        let day = bytes[8] == UInt8(ascii: " ") ? bytes[9..<10] : bytes[8..<10]
        return Self.seconds(year: bytes[20..<24], month: bytes[4..<7], day: day, time: bytes[11..<19])
    }

    /// Reads `Sunday, 06-Nov-94 08:49:37 GMT`; two digits are a year from 1970 on.
    private static func rfc850(_ bytes: Bytes) -> Int64? {
        guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")), (6...9).contains(comma) else { return nil }
        let rest = Bytes(bytes[comma...])
        guard rest.count == 24, Self.has(rest, ", ", at: 0), Self.has(rest, "-", at: 4), Self.has(rest, "-", at: 8),
            Self.has(rest, " ", at: 11), Self.has(rest, " GMT", at: 20), let year = Self.number(rest[9..<11])
        else { return nil }
        return Self.seconds(
            year: Bytes(String(year < 70 ? 2000 + year : 1900 + year).utf8)[...],
            month: rest[5..<8],
            day: rest[2..<4],
            time: rest[12..<20]
        )
    }

    private static func has(_ bytes: Bytes, _ text: StaticString, at index: Int) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func seconds(
        year: ArraySlice<UInt8>,
        month: ArraySlice<UInt8>,
        day: ArraySlice<UInt8>,
        time: ArraySlice<UInt8>
    ) -> Int64? {
        let parts = time.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.count == 2 }), let year = Self.number(year),
            let month = Self.months.firstIndex(where: { $0.elementsEqual(month) }), let day = Self.number(day),
            let hour = Self.number(parts[0]), let minute = Self.number(parts[1]), let second = Self.number(parts[2]),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Int64(Self.days(year, month + 1, day) * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// The days from 1970-01-01 to a Gregorian date, in eras of 400 years that begin on the first of March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
