import AmbassadorCore
import AmbassadorHTTP
import NIOCore

/// A work that a caller can ask for, with an input that makes it as long as can be.
struct Kind: Sendable {
    let work: String
    let input: String
    /// The longest input that the work ever gets.
    var bytesMax = Int.max
    /// Whether it is done on an event loop whatever its length.
    var isAlwaysOnLoop = false
    /// Makes the input; gives its length and the work on it.
    let prepare: @Sendable (_ size: Int) -> (bytes: Int, work: () -> Void)

    static let all = Self.folding + Self.hashing + Self.reading + Self.others

    private static func filled(_ start: String, _ piece: String, _ end: String, _ size: Int) -> ByteBuffer {
        let count = max(1, (size - start.utf8.count - end.utf8.count) / piece.utf8.count)
        return ByteBuffer(string: start + String(repeating: piece, count: count) + end)
    }

    private static func onText(
        _ work: String,
        _ input: String,
        _ piece: String,
        _ act: @escaping @Sendable (ByteBuffer) -> Void
    ) -> Kind {
        Kind(work: work, input: input) { size in
            let text = Self.filled("a", piece, "", size)
            return (text.readableBytes, { act(text) })
        }
    }

    private static let folding: [Kind] = [
        ("letters", "A b"), ("marks", "\u{301}\u{323}"), ("letters with four marks", "A\u{301}\u{323}\u{334}\u{345}"),
        ("U+FDFA", "\u{FDFA}"), ("U+FDFA with a mark", "\u{FDFA}\u{301}"), ("jamo", "\u{1100}\u{1161}\u{11A8}"),
        ("U+0344", "\u{344}"), ("decomposed capitals", "E\u{301}"), ("white space", "\u{3000}"),
        ("marks to trim", "?!。"),
    ].map { input, piece in
        Self.onText("normalize: text", input, piece) { _ = TextNormalization.canonical($0, .text) }
    }

    private static let hashing: [Kind] = [("letters", "a"), ("U+FDFA, folded", "\u{FDFA}")].map { input, piece in
        Self.onText("hash", input, piece) { text in
            guard let flow = FlowName("faq") else { return }
            let run = RunInput(
                (
                    flow: flow, input: text, inputType: .chat, outputType: .chat, outputComponent: nil, tweaks: nil,
                    session: nil, wantsStream: false, openAI: nil
                )
            )
            let mode: Normalization = input == "letters" ? .exact : .text
            _ = InputHasher.hash(run, normalization: mode, globalVariables: [], session: nil, form: nil)
        }
    }

    private static func body(
        _ input: String,
        _ piece: String,
        _ start: String = #"{"x":["#,
        _ end: String = "0]}"
    ) -> Kind {
        Kind(work: "read a body", input: input) { size in
            let body = Self.filled(start, piece, end, size)
            return (body.readableBytes, { Self.read(body) })
        }
    }

    private static func read(_ body: ByteBuffer) {
        guard let flow = FlowName("faq") else { return }
        _ = try? RunInput.parseLangFlowRun(body, flow: flow, wantsStream: false)
    }

    private static let reading: [Kind] = [
        Self.body("numbers", "0,"), Self.body("strings", #""","#), Self.body("empty arrays", "[],"),
        Self.body("arrays", "[0],"), Self.body("objects", #"{"a":0},"#), Self.body("open brackets", "[", "", ""),
        Self.body("escapes", "\\u0001", #"{"input_value":""#, #""}"#),
        Self.body("one long number", "1", #"{"x":"#, "}"),
        Self.body("numbers to change", "0,", #"{"tweaks":{"c":{"x":["#, "0]}}}"),
        Kind(work: "read a body", input: "names") { size in
            let names = (0..<size / 12).map { #""\#(String($0, radix: 36))":0"# }.joined(separator: ",")
            let body = ByteBuffer(string: "{\(names)}")
            return (body.readableBytes, { Self.read(body) })
        },
        Kind(work: "read a body", input: "names to change, alike at their beginning") { size in
            let prefix = String(repeating: "n", count: 500)
            let names = (0..<size / 520).map { #""\#(prefix)\#($0)":0"# }.reversed().joined(separator: ",")
            let body = ByteBuffer(string: #"{"tweaks":{"c":{\#(names)}}}"#)
            return (body.readableBytes, { Self.read(body) })
        },
        Kind(work: "read a body", input: "a component's long name") { size in
            let fields = (0..<size / 24).map { #""\#(String($0, radix: 36))":0"# }.joined(separator: ",")
            let name = String(repeating: "n", count: size / 2)
            let body = ByteBuffer(string: #"{"tweaks":{"\#(name)":{\#(fields)}}}"#)
            return (body.readableBytes, { Self.read(body) })
        },
    ]

    private static let others: [Kind] = [
        Self.onText("write a body for LangFlow", "controls", "\u{1}") { text in
            var buffer = ByteBuffer()
            JSONWriter.writeString(text, into: &buffer)
        },
        Self.onText("purge by text", "nearly the text everywhere", "a") { text in
            let part = ByteBuffer(string: String(repeating: "a", count: 1_023) + "b")
            text.withUnsafeReadableBytes { text in part.withUnsafeReadableBytes { _ = text.contains($0) } }
        },
        Self.onText("scrub an error of LangFlow", "paths", "/a:b.c ") { text in
            _ = MessageScrubber.scrub(Array(text.readableBytesView))
        },
        Self.onText("show an excerpt", "marks", "\u{301}") { _ = PrintableExcerpt.of($0.readableBytesView) },
        Kind(work: "frame a head", input: "one-letter fields", bytesMax: 64 << 10, isAlwaysOnLoop: true) { size in
            let head = Self.filled("POST /run-flow HTTP/1.1\r\nContent-Length: 0\r\n", "a:b\r\n", "\r\n", size)
            return (
                head.readableBytes,
                {
                    var framer = StrictFramer()
                    head.withUnsafeReadableBytes { _ = framer.frame($0) }
                }
            )
        },
        Kind(work: "match a flow's pattern", input: "eight stars", bytesMax: 64 << 10, isAlwaysOnLoop: true) { _ in
            let name = String(repeating: "a", count: 128)
            let pattern = FlowPattern(String(repeating: "*a", count: 8) + "b")
            return (name.utf8.count, { if let flow = FlowName(name) { _ = pattern?.matches(flow) } })
        },
        Kind(work: "find the nearest name", input: "128 letters", bytesMax: 64 << 10, isAlwaysOnLoop: true) { _ in
            let name = [UInt8](repeating: 97, count: 128)
            let valid = (0..<8).map { String(repeating: "b", count: 12 + $0) }
            return (name.count, { _ = NearestName.of(name, among: valid) })
        },
    ]
}
