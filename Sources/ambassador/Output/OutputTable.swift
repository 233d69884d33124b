import AmbassadorCore

/// Rows of named columns, as the store and the admin API give them.
struct OutputTable: Sendable, Equatable {
    let columns: [String]
    /// Each has as many values as there are columns.
    let rows: [[Value]]

    /// One cell.
    enum Value: Sendable, Equatable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        case bytes([UInt8])
    }
}

/// How a command writes its result.
enum OutputFormat: String, Sendable, CaseIterable {
    case table
    case json
    case csv

    /// How rows become text for an output; tables are cut to its width, where it has one.
    func rows(for output: any TextOutput) -> any RowFormat {
        switch self {
        case .table: TableRows(width: output.width)
        case .json: JSONRows()
        case .csv: CSVRows(isForTerminal: output.isTerminal)
        }
    }

    /// The same for a result that comes bit by bit and may have no end: objects are lines, and columns grow.
    func following(on output: any TextOutput) -> any RowFormat {
        switch self {
        case .table: TableRows(width: output.width, growsWithFlushes: true)
        case .json: JSONLines()
        case .csv: CSVRows(isForTerminal: output.isTerminal)
        }
    }
}

extension OutputTable {
    /// The positions of those of the named columns that there are, in the order of the names; of all where none is.
    static func positions(of names: [String], in columns: [String]) -> [Int] {
        let found = names.compactMap { name in columns.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
        return found.isEmpty ? Array(columns.indices) : found
    }
}

extension OutputTable.Value {
    /// The value as a cell of a text; empty for null.
    ///
    /// Bytes are hexadecimal.
    var plainText: String {
        switch self {
        case .null: ""
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .bytes(let bytes): bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    var isNumber: Bool {
        switch self {
        case .integer, .real: true
        default: false
        }
    }

    var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let number): .digits(String(number))
        // JSON has no infinities.
        case .real(let number): number.isFinite ? .digits(String(number)) : .null
        case .text, .bytes: .text(self.plainText)
        }
    }
}
