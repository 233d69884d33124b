/// Writes few rows with many columns: as a table, a line for each column.
///
/// Nothing is written where there is no row.
final class DetailWriter: RowSink {
    private let writer: ResultWriter
    private let isTransposed: Bool
    private var columns: [String] = []
    private(set) var hasRows = false

    init(_ format: OutputFormat, to output: any TextOutput) {
        self.isTransposed = format == .table
        self.writer = ResultWriter(format, to: output)
    }

    func begin(_ columns: [String]) {
        self.columns = columns
    }

    func add(_ row: [OutputTable.Value]) throws(OutputError) {
        if !self.hasRows { try self.writer.begin(self.isTransposed ? ["name", "value"] : self.columns) }
        guard self.isTransposed else {
            self.hasRows = true
            return try self.writer.add(row)
        }
        if self.hasRows { try self.writer.add([.text(""), .text("")]) }
        self.hasRows = true
        for (column, value) in zip(self.columns, row) { try self.writer.add([.text(column), value]) }
    }

    func end() throws(OutputError) {
        try self.writer.end()
    }
}
