/// Writes a result in the format that was asked for, as it comes.
final class ResultWriter: RowSink {
    /// A write for each row would cost more than the row.
    private static let chunkBytes = 64 << 10

    private var format: any RowFormat
    private let output: any TextOutput
    /// The columns that are shown, by name; all of them where this is empty or none is there.
    private let names: [String]
    private var shown: [Int] = []
    private var pending = ""

    init(_ format: any RowFormat, to output: any TextOutput, selecting names: [String] = []) {
        self.format = format
        self.output = output
        self.names = names
    }

    /// Tables show the columns that are named, the other formats all.
    convenience init(_ format: OutputFormat, to output: any TextOutput, selecting names: [String] = []) {
        self.init(format.rows(for: output), to: output, selecting: format == .table ? names : [])
    }

    func begin(_ columns: [String]) throws(OutputError) {
        self.shown = OutputTable.positions(of: self.names, in: columns)
        try self.write(self.format.begin(self.shown.map { columns[$0] }))
    }

    func add(_ row: [OutputTable.Value]) throws(OutputError) {
        try self.write(self.format.text(of: self.shown.map { row[$0] }))
    }

    /// Writes all rows so far.
    func flush() throws(OutputError) {
        self.pending += self.format.flush()
        try self.writePending()
    }

    /// Writes what is left, and what ends the result.
    func end() throws(OutputError) {
        self.pending += self.format.end()
        try self.writePending()
    }

    private func write(_ text: String) throws(OutputError) {
        self.pending += text
        if self.pending.utf8.count >= Self.chunkBytes { try self.writePending() }
    }

    private func writePending() throws(OutputError) {
        guard !self.pending.isEmpty else { return }
        try self.output.write(self.pending)
        self.pending = ""
    }
}
