import AmbassadorCore
import NIOCore
import Synchronization
import Testing

@testable import ambassador

@Suite struct OutputTests {
    private let table = OutputTable(
        columns: ["name", "count"],
        rows: [
            [.text("常见问题"), .integer(5)], [.text("👩‍👩‍👧 e\u{301}"), .integer(12)], [.text("a\u{1B}[31m\n\u{202E}"), .null],
        ]
    )

    @Test("tables are aligned by what is seen and escape what a terminal would act upon")
    func aligned() {
        let expected = """
            NAME                   COUNT
            常见问题                   5
            👩‍👩‍👧 e\u{301}                      12
            a\\u{1b}[31m\\n\\u{202e}      -

            """
        var rows = TableRows(width: nil)
        #expect(rows.text(of: self.table) == expected)
    }

    @Test("tables are cut to the width of the terminal, never inside a wide character", arguments: [20, 21, 22, 30])
    func cut(_ width: Int) {
        let row: [OutputTable.Value] = [
            .text(String(repeating: "漢", count: 40)), .text(String(repeating: "x", count: 40)),
        ]
        var rows = TableRows(width: width)
        let text = rows.text(of: OutputTable(columns: ["a", "b"], rows: [row]))
        for line in text.split(separator: "\n") {
            #expect(String(line).columnCount <= width)
        }
        #expect(text.contains("…"))
    }

    @Test(
        "widths: East Asian and emoji two, marks none",
        arguments: [
            ("abc", 3), ("漢字", 4), ("한", 2), ("ａ", 2), ("e\u{301}", 1), ("👍🏽", 2), ("❤️", 2), ("🇩🇪", 2), ("ｱ", 1), ("", 0),
        ]
    )
    func widths(_ text: String, _ width: Int) {
        #expect(text.columnCount == width)
    }

    @Test("CSV quotes what RFC 4180 says, and keeps callers' texts from being formulas")
    func csv() {
        let table = OutputTable(
            columns: ["a", "b"],
            rows: [
                [.text("x,y"), .text("say \"hi\"\r\n")], [.text("=1+1"), .integer(-5)], [.null, .bytes([0x0A, 0xFF])],
            ]
        )
        var rows = CSVRows()
        #expect(rows.text(of: table) == "a,b\r\n\"x,y\",\"say \"\"hi\"\"\r\n\"\r\n'=1+1,-5\r\n,0aff\r\n")
    }

    @Test("JSON keeps columns in order and escapes control characters")
    func json() {
        let table = OutputTable(
            columns: ["b", "a"],
            rows: [[.text("\u{1B}\"\\\u{2028}é"), .real(1.5)], [.real(.infinity), .null]]
        )
        var lines = JSONLines()
        #expect(lines.text(of: table) == #"{"b":"\u001b\"\\\u2028é","a":1.5}"# + "\n" + #"{"b":null,"a":null}"# + "\n")
        var rows = JSONRows()
        let text = rows.text(of: OutputTable(columns: ["a"], rows: [[.integer(1)], [.null]]))
        #expect(text == "[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": null\n  }\n]\n")
        var none = JSONRows()
        #expect(none.text(of: OutputTable(columns: ["a"], rows: [])) == "[]\n")
    }

    @Test("pretty JSON indents by two spaces and keeps members, digits and empty blocks as they are")
    func prettyJSON() throws {
        let value = try JSONParser.parse(ByteBuffer(string: #"{"b":[1.50,true],"a":{},"\u001b":null}"#))
        let expected = """
            {
              "b": [
                1.50,
                true
              ],
              "a": {},
              "\\u001b": null
            }
            """
        #expect(JSONText.pretty(value) == expected)
    }

    @Test("a selection has the named columns that there are, in the order of the names, and all where none is")
    func selection() throws {
        let table = OutputTable(columns: ["a", "b", "c"], rows: [[.integer(1), .integer(2), .null]])
        for (names, text) in [(["c", "x", "a"], "c,a\r\n,1\r\n"), (["x"], "a,b,c\r\n1,2,\r\n")] {
            let output = RecordedOutput()
            let writer = ResultWriter(CSVRows(), to: output, selecting: names)
            try writer.add(table)
            try writer.end()
            #expect(output.text == text)
        }
    }

    @Test("no format sends a terminal what it would act upon; files get csv as it is", arguments: OutputFormat.allCases)
    func controls(_ format: OutputFormat) throws {
        let hostile = "\u{1B}]0;title\u{7}\u{9B}31m\r\n\u{202E}x\u{7F}"
        let table = OutputTable(columns: ["a", "b"], rows: [[.text(hostile), .text("e\u{301} 漢 👍🏽")]])
        for rows in [format.rows, format.following] {
            let terminal = RecordedOutput(isTerminal: true)
            let writer = ResultWriter(rows(terminal), to: terminal)
            try writer.add(table)
            try writer.end()
            let sent = terminal.text.unicodeScalars.filter { !isShowable($0) && $0 != "\n" && $0 != "\r" }
            #expect(sent.isEmpty, "\(format): \(terminal.text.debugDescription)")
            #expect(terminal.text.contains("漢"))
        }
        let file = RecordedOutput()
        try ResultWriter(CSVRows(isForTerminal: file.isTerminal), to: file).writeAll(table)
        #expect(file.text.contains("\"\(hostile)\""))
    }

    @Test("a table's first rows say how wide it is; what is wider later is cut to the terminal, or shifts its line")
    func laterRows() {
        for (width, last) in [(nil, String(repeating: "y", count: 30) + "  z"), (40, "yyyyyyy…  z")] as [(Int?, String)]
        {
            var rows = TableRows(width: width)
            var text = rows.begin(["name", "b"])
            for _ in 0..<1_000 { text += rows.text(of: [.text("x"), .text("z")]) }
            #expect(text.split(separator: "\n").count == 1_001)
            text += rows.text(of: [.text(String(repeating: "y", count: 30)), .text("z")])
            text += rows.end()
            let lines = text.split(separator: "\n")
            #expect(lines.count == 1_002)
            #expect(lines.first == "NAME  B")
            #expect(width == nil ? String(lines.last ?? "") == last : lines.last?.contains("…") == true)
        }
    }

    @Test("a table that grows has its header once, and widths for what has come")
    func growing() {
        var rows = TableRows(width: nil, growsWithFlushes: true)
        var text = rows.begin(["name", "b"]) + rows.flush()
        text += rows.text(of: [.text("longer than its name"), .integer(1)]) + rows.flush()
        text += rows.text(of: [.text("x"), .integer(22)]) + rows.end()
        let pad = String(repeating: " ", count: 19)
        #expect(text == "NAME  B\nlonger than its name  1\nx\(pad)  22\n")
    }

    @Test("a long result is written in pieces, whatever its format", arguments: OutputFormat.allCases)
    func pieces(_ format: OutputFormat) throws {
        let output = CountingOutput()
        let writer = ResultWriter(format, to: output)
        try writer.begin(["id", "text"])
        let text = String(repeating: "t", count: 1_000)
        for id in 0..<10_000 { try writer.add([.integer(Int64(id)), .text(text)]) }
        try writer.end()
        #expect(output.bytes > 10_000_000)
        #expect(output.largest < 5_000_000)
    }
}

/// An output that keeps how much is written at once.
final class CountingOutput: TextOutput {
    private let counts = Mutex((sum: 0, largest: 0))
    var bytes: Int { self.counts.withLock { $0.sum } }
    var largest: Int { self.counts.withLock { $0.largest } }
    var width: Int? { nil }
    var isTerminal: Bool { false }

    func write(_ text: String) throws(OutputError) {
        self.counts.withLock { $0 = ($0.sum + text.utf8.count, max($0.largest, text.utf8.count)) }
    }
}

extension ResultWriter {
    fileprivate func writeAll(_ table: OutputTable) throws {
        try self.add(table)
        try self.end()
    }
}
