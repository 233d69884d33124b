/// Takes a result row by row, so that no command has more of it in memory than it must.
protocol RowSink: AnyObject {
    /// Takes the names of the columns; once, before the first row.
    func begin(_ columns: [String]) throws(OutputError)
    /// Takes a row with as many values as there are columns.
    func add(_ row: [OutputTable.Value]) throws(OutputError)
}

extension RowSink {
    /// Takes a whole table.
    func add(_ table: OutputTable) throws(OutputError) {
        try self.begin(table.columns)
        for row in table.rows { try self.add(row) }
    }
}

/// How rows become text.
protocol RowFormat {
    /// What stands before the first row; called once, with the names of the columns.
    mutating func begin(_ columns: [String]) -> String
    /// The text of a row, or nothing where the format first looks at more of them.
    mutating func text(of row: [OutputTable.Value]) -> String
    /// The text of what was held back.
    mutating func flush() -> String
    /// What stands behind the last row.
    mutating func end() -> String
}

extension RowFormat {
    mutating func flush() -> String { "" }
    mutating func end() -> String { self.flush() }

    /// The text of a whole table.
    mutating func text(of table: OutputTable) -> String {
        var text = self.begin(table.columns)
        for row in table.rows { text += self.text(of: row) }
        return text + self.end()
    }
}
