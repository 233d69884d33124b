/// Comma-separated values, RFC 4180: CRLF after each record, quotes where they are needed, doubled inside.
enum CSVWriter {
    static func text(_ table: OutputTable, showsHeader: Bool = true) -> String {
        var text = showsHeader ? Self.record(table.columns.map { Self.field($0) }) : ""
        for row in table.rows {
            text += Self.record(row.map { $0.isNumber ? $0.plainText : Self.field($0.plainText) })
        }
        return text
    }

    private static func record(_ fields: [String]) -> String {
        // An empty line would be no record at all.
        (fields == [""] ? "\"\"" : fields.joined(separator: ",")) + "\r\n"
    }

    private static func field(_ text: String) -> String {
        // Spreadsheets run texts that begin like formulas, and callers choose the texts; a quote in front keeps them texts.
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
