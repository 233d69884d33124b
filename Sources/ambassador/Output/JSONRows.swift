import AmbassadorCore

/// An array of one object a row, over several lines.
struct JSONRows: RowFormat {
    private var columns: [String] = []
    private var isEmpty = true

    mutating func begin(_ columns: [String]) -> String {
        self.columns = columns
        return ""
    }

    mutating func text(of row: [OutputTable.Value]) -> String {
        defer { self.isEmpty = false }
        return (self.isEmpty ? "[\n  " : ",\n  ") + JSONText.pretty(.object(self.columns, row), indentation: 2)
    }

    mutating func end() -> String { self.isEmpty ? "[]\n" : "\n]\n" }
}

/// One object a line, for who reads a result that does not end.
struct JSONLines: RowFormat {
    private var columns: [String] = []

    mutating func begin(_ columns: [String]) -> String {
        self.columns = columns
        return ""
    }

    mutating func text(of row: [OutputTable.Value]) -> String { JSONText.line(.object(self.columns, row)) + "\n" }
}

extension JSONValue {
    fileprivate static func object(_ columns: [String], _ row: [OutputTable.Value]) -> JSONValue {
        .object(zip(columns, row).map { JSONMember($0, $1.json) })
    }
}
