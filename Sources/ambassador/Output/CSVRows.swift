/// Comma-separated values, RFC 4180: CRLF after each record, quotes where they are needed, doubled inside.
struct CSVRows: RowFormat {
    /// Whether a terminal shows it, which would act upon the control characters of callers' texts.
    ///
    /// Files and pipes get each text as it is.
    var isForTerminal = false

    mutating func begin(_ columns: [String]) -> String { self.record(columns.map { self.field($0) }) }

    mutating func text(of row: [OutputTable.Value]) -> String {
        self.record(row.map { $0.isNumber ? $0.plainText : self.field($0.plainText) })
    }

    private func record(_ fields: [String]) -> String {
        // An empty line would be no record at all.
        (fields == [""] ? "\"\"" : fields.joined(separator: ",")) + "\r\n"
    }

    private func field(_ text: String) -> String {
        // Spreadsheets run texts that begin like formulas, and callers choose the texts; a quote in front keeps them texts.
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let shown = self.isForTerminal ? printable(text) : text
        let safe = isFormula ? "'" + shown : shown
        guard safe.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
