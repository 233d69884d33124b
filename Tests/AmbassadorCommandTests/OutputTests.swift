import AmbassadorCore
import NIOCore
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
        #expect(TableWriter(width: nil).text(self.table) == expected)
    }

    @Test("tables are cut to the width of the terminal, never inside a wide character", arguments: [20, 21, 22, 30])
    func cut(_ width: Int) {
        let row: [OutputTable.Value] = [
            .text(String(repeating: "漢", count: 40)), .text(String(repeating: "x", count: 40)),
        ]
        let text = TableWriter(width: width).text(OutputTable(columns: ["a", "b"], rows: [row]))
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
        #expect(CSVWriter.text(table) == "a,b\r\n\"x,y\",\"say \"\"hi\"\"\r\n\"\r\n'=1+1,-5\r\n,0aff\r\n")
    }

    @Test("JSON keeps columns in order and escapes control characters")
    func json() {
        let table = OutputTable(
            columns: ["b", "a"],
            rows: [[.text("\u{1B}\"\\\u{2028}é"), .real(1.5)], [.real(.infinity), .null]]
        )
        #expect(JSONText.line(.array(table.objects)) == #"[{"b":"\u001b\"\\\u2028é","a":1.5},{"b":null,"a":null}]"#)
        #expect(OutputFormat.json.text(OutputTable(columns: ["a"], rows: []), width: nil) == "[]\n")
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
    func selection() {
        let table = OutputTable(columns: ["a", "b", "c"], rows: [[.integer(1), .integer(2), .null]])
        #expect(
            table.selecting(["c", "x", "a"]) == OutputTable(columns: ["c", "a"], rows: [[.null, .integer(1)]])
        )
        #expect(table.selecting(["x"]) == table)
    }
}
