import CSQLite
import NIOCore

/// A compiled SQL statement, bound by position (from 1) and read by column (from 0).
///
/// Used on the thread of its connection, which it keeps open.
final class Statement {
    private let connection: Connection
    private let handle: OpaquePointer
    // The first binding that failed; thrown by the next step, so that a list of bindings reads as a list.
    private var bindingFailure: Int32 = SQLITE_OK

    /// - Throws: ``SQLiteError/notReadOnly(reason:)`` where there is more than one statement, or none.
    init(_ sql: String, on connection: Connection) throws(SQLiteError) {
        var sql = sql
        var prepared: OpaquePointer?
        var isAlone = true
        let code = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters -> Int32 in
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection.handle,
                    characters.baseAddress,
                    Int32(clamping: characters.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT),
                    &prepared,
                    &tail
                )
                if let start = characters.baseAddress, let tail {
                    isAlone = characters[(tail - start)...].allSatisfy { [9, 10, 12, 13, 32, 59].contains($0) }
                }
                return code
            }
        }
        guard code == SQLITE_OK else { throw connection.error(code) }
        guard let prepared, isAlone else {
            sqlite3_finalize(prepared)
            throw .notReadOnly(reason: prepared == nil ? "there is no statement" : "there is more than one")
        }
        self.connection = connection
        self.handle = prepared
    }

    deinit {
        sqlite3_finalize(self.handle)
    }

    /// Whether the statement itself writes nothing to the file.
    var isReadOnly: Bool { sqlite3_stmt_readonly(self.handle) != 0 }

    func bind(_ value: Int64, at position: Int32) {
        self.note(sqlite3_bind_int64(self.handle, position, value))
    }

    func bind(_ value: Int64?, at position: Int32) {
        if let value { self.bind(value, at: position) } else { self.bindNull(at: position) }
    }

    func bind(_ value: Int, at position: Int32) {
        self.bind(Int64(value), at: position)
    }

    func bind(_ value: Int?, at position: Int32) {
        self.bind(value.map(Int64.init), at: position)
    }

    /// Binds the 64 bits as a signed number.
    func bind(bits: UInt64, at position: Int32) {
        self.bind(Int64(bitPattern: bits), at: position)
    }

    func bind(_ text: String?, at position: Int32) {
        guard var text else { return self.bindNull(at: position) }
        text.withUTF8 { self.note(ambassador_bind_text(self.handle, position, Self.base($0), UInt64($0.count))) }
    }

    func bind(text: ByteBuffer?, at position: Int32) {
        guard let text else { return self.bindNull(at: position) }
        text.withUnsafeReadableBytes {
            self.note(ambassador_bind_text(self.handle, position, Self.base($0), UInt64($0.count)))
        }
    }

    func bind(blob: ByteBuffer?, at position: Int32) {
        guard let blob else { return self.bindNull(at: position) }
        blob.withUnsafeReadableBytes {
            self.note(ambassador_bind_blob(self.handle, position, Self.base($0), UInt64($0.count)))
        }
    }

    func bind(blob: [UInt8], at position: Int32) {
        blob.withUnsafeBytes {
            self.note(ambassador_bind_blob(self.handle, position, Self.base($0), UInt64($0.count)))
        }
    }

    func bind(_ value: SQLiteValue, at position: Int32) {
        switch value {
        case .null: self.bindNull(at: position)
        case .integer(let integer): self.bind(integer, at: position)
        case .real(let real): self.note(sqlite3_bind_double(self.handle, position, real))
        case .text(let text): self.bind(text, at: position)
        case .blob(let bytes): self.bind(blob: bytes, at: position)
        }
    }

    func bindNull(at position: Int32) {
        self.note(sqlite3_bind_null(self.handle, position))
    }

    /// Goes to the next row.
    ///
    /// - Returns: `false` after the last one; the statement is then reset.
    func step() throws(SQLiteError) -> Bool {
        guard self.bindingFailure == SQLITE_OK else {
            let code = self.bindingFailure
            self.reset()
            throw self.connection.error(code)
        }
        let code = sqlite3_step(self.handle)
        switch code {
        case SQLITE_ROW:
            return true
        case SQLITE_DONE:
            self.reset()
            return false
        default:
            let error = self.connection.error(code)
            self.reset()
            throw error
        }
    }

    /// Runs a statement that has no rows of interest.
    func run() throws(SQLiteError) {
        while try self.step() {}
    }

    /// Ends the run, so that its locks are released; bindings stay until they are replaced.
    func reset() {
        sqlite3_reset(self.handle)
        self.bindingFailure = SQLITE_OK
    }

    var columnCount: Int32 { sqlite3_column_count(self.handle) }

    func columnName(at column: Int32) -> String {
        sqlite3_column_name(self.handle, column).map { String(cString: $0) } ?? ""
    }

    func integer(at column: Int32) -> Int64 {
        sqlite3_column_int64(self.handle, column)
    }

    func optionalInteger(at column: Int32) -> Int64? {
        self.isNull(at: column) ? nil : self.integer(at: column)
    }

    /// The column's UTF-8 with every byte, NUL included; what is not UTF-8 is repaired.
    func text(at column: Int32) -> String {
        self.withBytes(at: column) { String(decoding: $0, as: UTF8.self) }
    }

    /// The column's bytes, copied once.
    func blob(at column: Int32) -> ByteBuffer {
        self.withBytes(at: column) { ByteBuffer(bytes: $0) }
    }

    /// Reads the column's bytes where SQLite keeps them; they are gone with the next step.
    func withBytes<Result>(at column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // SQLite asks for the pointer first, then the length: the first call may convert.
        let start = sqlite3_column_blob(self.handle, column)
        let count = Int(sqlite3_column_bytes(self.handle, column))
        return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    func isNull(at column: Int32) -> Bool {
        sqlite3_column_type(self.handle, column) == SQLITE_NULL
    }

    func value(at column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(self.handle, column) {
        case SQLITE_INTEGER: .integer(self.integer(at: column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(self.handle, column))
        case SQLITE_TEXT: .text(self.text(at: column))
        case SQLITE_BLOB: .blob(self.blob(at: column))
        default: .null
        }
    }

    private func note(_ code: Int32) {
        if code != SQLITE_OK, self.bindingFailure == SQLITE_OK { self.bindingFailure = code }
    }

    /// An address even for no bytes: SQLite takes the null pointer for NULL.
    private static func base(_ bytes: some ContiguousMemory) -> UnsafeRawPointer? {
        bytes.address ?? UnsafeRawPointer(bitPattern: 1)
    }
}

/// A run of bytes with an address, unless it is empty.
private protocol ContiguousMemory {
    var address: UnsafeRawPointer? { get }
}

extension UnsafeRawBufferPointer: ContiguousMemory {
    fileprivate var address: UnsafeRawPointer? { self.baseAddress }
}

extension UnsafeBufferPointer: ContiguousMemory {
    fileprivate var address: UnsafeRawPointer? { self.baseAddress.map(UnsafeRawPointer.init) }
}
