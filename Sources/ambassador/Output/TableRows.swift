/// Columns for people: aligned by what is seen, cut to the terminal, nothing in them that a terminal would act upon.
///
/// The first rows, a thousand at most, say how wide the columns are. Of later ones a cell that is wider is cut, or where nothing is cut
/// off, shifts the rest of its line.
struct TableRows: RowFormat {
    /// The columns of the terminal; `nil` to cut nothing off.
    let width: Int?
    /// Whether the widths are found anew after each flush, as for a result that comes bit by bit.
    var growsWithFlushes = false

    private static let gap = 2
    private static let columnMin = 8
    private static let heldRowsMax = 1_000
    private static let heldBytesMax = 4 << 20

    private var header: [String] = []
    private var held: [[String]] = []
    private var heldBytes = 0
    private var isHeaderShown = false
    /// The widths that the cells want, before anything is cut; `nil` until they are known.
    private var wanted: [Int]?
    private var widths: [Int] = []
    /// Whether a column has numbers, and nothing else.
    private var numbers: [Bool] = []
    private var others: [Bool] = []

    init(width: Int?, growsWithFlushes: Bool = false) {
        self.width = width
        self.growsWithFlushes = growsWithFlushes
    }

    mutating func begin(_ columns: [String]) -> String {
        self.header = columns.map { printable($0.uppercased()) }
        self.numbers = columns.map { _ in false }
        self.others = self.numbers
        return ""
    }

    mutating func text(of row: [OutputTable.Value]) -> String {
        let cells = row.map { printable($0 == .null ? "-" : $0.plainText) }
        guard self.wanted == nil || self.growsWithFlushes else { return self.line(cells) }
        self.held.append(cells)
        self.heldBytes += cells.reduce(0) { $0 + $1.utf8.count }
        for (column, value) in row.enumerated() {
            if value.isNumber { self.numbers[column] = true } else if value != .null { self.others[column] = true }
        }
        return self.held.count < Self.heldRowsMax && self.heldBytes < Self.heldBytesMax ? "" : self.flush()
    }

    mutating func flush() -> String {
        self.measure()
        var text = self.isHeaderShown ? "" : self.line(self.header)
        self.isHeaderShown = true
        for cells in self.held { text += self.line(cells) }
        self.held = []
        self.heldBytes = 0
        return text
    }

    mutating func end() -> String { self.isHeaderShown && self.held.isEmpty ? "" : self.flush() }

    private mutating func measure() {
        guard self.wanted == nil || self.growsWithFlushes else { return }
        var wanted = self.wanted ?? self.header.map(\.columnCount)
        for cells in self.held {
            for (column, cell) in cells.enumerated() { wanted[column] = max(wanted[column], cell.columnCount) }
        }
        self.wanted = wanted
        self.widths = self.fitting(wanted)
    }

    private func line(_ cells: [String]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let cut = self.width == nil ? cell : cell.cut(toColumns: self.widths[column])
            let padding = String(repeating: " ", count: max(0, self.widths[column] - cut.columnCount))
            line += self.numbers[column] && !self.others[column] ? padding + cut : cut + padding
            line += String(repeating: " ", count: Self.gap)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    /// The widths that the cells want, with the widest columns cut until all fit.
    private func fitting(_ wanted: [Int]) -> [Int] {
        guard let width else { return wanted }
        var widths = wanted
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
}
