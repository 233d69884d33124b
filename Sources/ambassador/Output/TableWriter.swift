/// Columns for people: aligned by what is seen, cut to the terminal, nothing in them that a terminal would act upon.
struct TableWriter {
    /// The columns of the terminal; `nil` to cut nothing off.
    let width: Int?
    var showsHeader = true

    private static let gap = 2
    private static let columnMin = 8

    func text(_ table: OutputTable) -> String {
        let cells = table.rows.map { row in row.map { Self.printable($0 == .null ? "-" : $0.plainText) } }
        let header = table.columns.map { Self.printable($0.uppercased()) }
        let lines = self.showsHeader ? [header] + cells : cells
        let widths = self.widths(of: [header] + cells)
        let isNumeric = table.columns.indices.map { column in
            table.rows.contains { $0[column].isNumber }
                && table.rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
        }
        var text = ""
        for row in lines {
            var line = ""
            for (column, cell) in row.enumerated() {
                let cut = cell.cut(toColumns: widths[column])
                let padding = String(repeating: " ", count: widths[column] - cut.columnCount)
                line += isNumeric[column] ? padding + cut : cut + padding
                line += String(repeating: " ", count: Self.gap)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// The widths that the cells want, with the widest columns cut until all fit.
    private func widths(of rows: [[String]]) -> [Int] {
        var widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].columnCount }.max() ?? 0 }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) - width
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.columnMin
        {
            let next = widths.filter { $0 < widths[widest] }.max() ?? 0
            let cut = min(excess, max(1, widths[widest] - max(next, Self.columnMin)))
            widths[widest] -= cut
            excess -= cut
        }
        return widths
    }

    /// The text on one line, with characters that a terminal would act upon as escapes.
    private static func printable(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            default:
                if isShowable(scalar) {
                    shown.unicodeScalars.append(scalar)
                } else {
                    shown += "\\u{\(String(scalar.value, radix: 16))}"
                }
            }
        }
        return shown
    }
}
