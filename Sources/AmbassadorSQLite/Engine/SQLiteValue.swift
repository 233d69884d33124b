package import NIOCore

/// A value of a result row, as SQLite stores it.
package enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob(ByteBuffer)
}

extension SQLiteValue {
    /// The bytes of what it holds, roughly.
    var byteCount: Int {
        switch self {
        case .null, .integer, .real: 16
        case .text(let text): 16 + text.utf8.count
        case .blob(let bytes): 16 + bytes.readableBytes
        }
    }
}
