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

    /// Writes all rows; tables are cut to the width, the columns of the terminal, unless it is `nil`.
    func text(_ table: OutputTable, width: Int?) -> String {
        switch self {
        case .table: TableWriter(width: width).text(table)
        case .json: JSONText.pretty(.array(table.objects)) + "\n"
        case .csv: CSVWriter.text(table)
        }
    }
}

extension OutputTable {
    /// Those of the named columns that there are, in the order of the names; all where none is.
    func selecting(_ names: [String]) -> OutputTable {
        let found = names.compactMap { name in self.columns.firstIndex { $0.utf8.elementsEqual(name.utf8) } }
        guard !found.isEmpty else { return self }
        return OutputTable(
            columns: found.map { self.columns[$0] },
            rows: self.rows.map { row in found.map { row[$0] } }
        )
    }

    /// One JSON object a row.
    var objects: [JSONValue] {
        self.rows.map { row in
            .object(zip(self.columns, row).map { JSONMember($0, $1.json) })
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

    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let number): .digits(String(number))
        // JSON has no infinities.
        case .real(let number): number.isFinite ? .digits(String(number)) : .null
        case .text, .bytes: .text(self.plainText)
        }
    }
}
