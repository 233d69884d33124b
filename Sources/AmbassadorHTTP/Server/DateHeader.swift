import AmbassadorCore
import NIOCore

/// The value of the `Date` header (RFC 9110 §5.6.7), written anew when the second changes.
///
/// Belongs to one event loop.
final class DateHeader {
    private let wall: @Sendable () -> Timestamp
    private var second = Int64.min
    private var value = ByteBuffer()

    init(wall: @escaping @Sendable () -> Timestamp) {
        self.wall = wall
    }

    /// Appends the present second, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    func write(into buffer: inout ASCIIWriter) {
        let now = self.wall().milliseconds
        let second = now >= 0 ? now / 1000 : (now - 999) / 1000
        if second != self.second {
            self.second = second
            self.value.clear()
            Self.write(second: second, into: &self.value)
        }
        self.value.withUnsafeReadableBytes { buffer.writeBytes($0) }
    }

    private static let days: [StaticString] = ["Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "]
    private static let months: [StaticString] = [
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
    ]

    static func write(second: Int64, into buffer: inout ByteBuffer) {
        let ofDay = Int(((second % 86_400) + 86_400) % 86_400)
        let days = Int((second - Int64(ofDay)) / 86_400)
        let date = Self.civil(days: days)
        // 1970-01-01 was a Thursday.
        buffer.writeStaticString(Self.days[((days + 4) % 7 + 7) % 7])
        Self.writeTwoDigits(date.day, into: &buffer)
        buffer.writeStaticString(Self.months[date.month - 1])
        Self.writeTwoDigits(date.year / 100 % 100, into: &buffer)
        Self.writeTwoDigits(date.year % 100, into: &buffer)
        buffer.writeInteger(UInt8(ascii: " "))
        Self.writeTwoDigits(ofDay / 3600, into: &buffer)
        buffer.writeInteger(UInt8(ascii: ":"))
        Self.writeTwoDigits(ofDay / 60 % 60, into: &buffer)
        buffer.writeInteger(UInt8(ascii: ":"))
        Self.writeTwoDigits(ofDay % 60, into: &buffer)
        buffer.writeStaticString(" GMT")
    }

    private static func writeTwoDigits(_ number: Int, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
        buffer.writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    /// The Gregorian date of a day counted from 1970-01-01, in eras of 400 years that begin on the first of March.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
