import AmbassadorCore
import Testing

@Suite("Message scrubber")
struct MessageScrubberTests {
    @Test(
        "what says how and where LangFlow runs is removed",
        arguments: [
            (
                "Failed\nTraceback (most recent call last):\n  File \"/app/x.py\", line 3, in run\nValueError: x",
                "Failed"
            ),
            ("Failed TRACEBACK (most", "Failed"), ("x  File \"/app/x.py\", line 3", "x"),
            ("x file 'a b/c.py', line 3", "x"),
            ("Failed ╭──── Traceback (most recent call last) ────╮", "Failed"),
            ("cannot open /etc/langflow/secret.env now", "cannot open [removed] now"),
            ("cannot open '/srv/venv/lib/python3.11/x.py': no", "cannot open [removed] no"),
            ("in C:\\Users\\me\\flow.py at", "in [removed] at"), ("in \\\\server\\share", "in [removed]"),
            ("~/x/y here", "[removed] here"),
            ("see ../../conf.d/x", "see [removed]"), ("(path=/var/lib/langflow)", nil),
            ("at relative/dir/file", "at [removed]"),
            ("at src/main.py", "at [removed]"), ("GET http://10.0.0.7:7860/api failed", "GET [removed] failed"),
            ("redis://:password@cache/0 refused", "[removed] refused"),
            ("host llm.internal.example refused", "host [removed] refused"),
            ("connect to 10.1.2.3 failed", "connect to [removed] failed"),
            ("connect to 10.1.2.3:80, failed", "connect to [removed] failed"),
            ("connect to [fe80::1]:80 failed", "connect to [removed] failed"),
            ("connect to ::1 failed", "connect to [removed] failed"),
            ("to 2001:db8:0:0:1:0:0:1 failed", "to [removed] failed"), ("redis:6379 is down", "[removed] is down"),
            ("at localhost now", "at [removed] now"),
            ("HTTPConnectionPool(host='llm-gateway', port=8080): x", "[removed] port=8080): x"),
            ("key sk-proj-abc123 is wrong", "key [removed] is wrong"), ("'sk-abc', wrong", "[removed] wrong"),
            ("a\u{200B}b\u{202E}c\u{0}d\u{1B}[31me\u{85}f\u{2028}g", "a b c d [31me f g"), ("/usr\u{200B}/lib/x", nil),
            ("module lfx.graph.vertex failed", "module [removed] failed"),
        ] as [(String, String?)]
    )
    func removes(message: String, scrubbed: String?) {
        #expect(MessageScrubber.scrub(Array(message.utf8)) == scrubbed)
    }

    @Test(
        "what says nothing of that stays",
        arguments: [
            "and/or", "yes/no maybe.", "gpt-4.1 and 3.5", "Error code: 429 - {'error': {'code': None}}", "at 12:30",
            "task-force desk-1",
            "done. Next", "50% of 1,000", "a=b, c: d; (e) [f]", "你好，世界。", "e\u{301}", "Rate limit reached for o1-mini.",
            "x:y", "file a",
        ]
    )
    func keeps(message: String) {
        #expect(MessageScrubber.scrub(Array(message.utf8)) == message)
    }

    @Test(
        "nothing is left of nothing",
        arguments: ["", " ", "\n\n", "\u{200B}", "Traceback", "/etc/passwd", "http://x/ /y"]
    )
    func leavesNothing(message: String) {
        #expect(MessageScrubber.scrub(Array(message.utf8)) == nil)
    }

    @Test("500 bytes stay as they are and one more is cut between characters", arguments: ["x", "é", "中", "😀", "👩‍👩‍👧‍👦"])
    func shortens(character: String) throws {
        let plain = String(repeating: "x", count: 500)
        #expect(MessageScrubber.scrub(Array(plain.utf8)) == plain)
        let long = "a" + String(repeating: character, count: 600)
        let short = try #require(MessageScrubber.scrub(Array(long.utf8)))
        #expect(short.utf8.count <= 500)
        #expect(short.utf8.count > 470)
        #expect(short.hasSuffix("…"))
        #expect(!short.contains("\u{FFFD}"))
    }

    @Test("a message of 16 MiB costs what its beginning costs, and no half of a path is shown")
    func boundsWork() throws {
        let path = Array(String(repeating: "w", count: 100).utf8) + [0x20] + [UInt8](repeating: 0x61, count: 16 << 20)
        #expect(MessageScrubber.scrub(path) == String(repeating: "w", count: 100))
        let spread = Array(String(repeating: "/a/b ", count: 1_637).utf8) + Array("ok host.example".utf8)
        #expect(MessageScrubber.scrub(spread)?.contains("host") != true)
    }

    @Test("one character of a thousand marks is not cut in two")
    func dropsGiantCharacter() {
        #expect(MessageScrubber.scrub(Array(("a" + String(repeating: "\u{301}", count: 1_000)).utf8)) == nil)
    }

    @Test("bytes that are not UTF-8 are replaced")
    func replaces() {
        #expect(MessageScrubber.scrub([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    }
}
