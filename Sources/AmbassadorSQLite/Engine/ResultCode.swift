import CSQLite

/// A result code of SQLite, extended where SQLite gives one; https://sqlite.org/rescode.html.
package struct ResultCode: Hashable, Sendable, CustomStringConvertible {
    /// The extended code.
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The code without its extension.
    package var primary: Int32 { self.rawValue & 0xFF }

    package static let ok = ResultCode(rawValue: SQLITE_OK)
    package static let busy = ResultCode(rawValue: SQLITE_BUSY)
    package static let full = ResultCode(rawValue: SQLITE_FULL)
    package static let readOnly = ResultCode(rawValue: SQLITE_READONLY)
    package static let corrupt = ResultCode(rawValue: SQLITE_CORRUPT)
    package static let cannotOpen = ResultCode(rawValue: SQLITE_CANTOPEN)
    package static let notADatabase = ResultCode(rawValue: SQLITE_NOTADB)
    package static let interrupted = ResultCode(rawValue: SQLITE_INTERRUPT)
    package static let notAuthorized = ResultCode(rawValue: SQLITE_AUTH)
    package static let misuse = ResultCode(rawValue: SQLITE_MISUSE)

    package var description: String {
        "\(sqlite3_errstr(self.rawValue).map { String(cString: $0) } ?? "unknown"), code \(self.rawValue)"
    }
}
