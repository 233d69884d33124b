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

    /// Writes all rows; tables are cut to the width, the columns of the terminal, unless it is `nil`.
    func text(_ table: OutputTable, width: Int?) -> String {
        switch self {
        case .table: TableWriter(width: width).text(table)
        case .json: OutputJSON.array(table.objects).prettyText + "\n"
        case .csv: CSVWriter.text(table)
        }
    }
}

extension OutputTable {
    /// One JSON object a row.
    var objects: [OutputJSON] {
        self.rows.map { row in
            .object(zip(self.columns, row).map { ($0, $1.json) })
        }
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

    fileprivate var json: OutputJSON {
        switch self {
        case .null: .null
        case .integer(let number): .number(String(number))
        // JSON has no infinities.
        case .real(let number): number.isFinite ? .number(String(number)) : .null
        case .text, .bytes: .string(self.plainText)
        }
    }
}
