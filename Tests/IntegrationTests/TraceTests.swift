import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@testable import ambassador

/// One trace from a page through the ambassador to LangFlow (W3C Trace Context).
@Suite("Traces")
struct TraceTests {
    private static let page = "https://chat.example.com"
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    /// A page's call, as a browser sends it.
    private static func call(_ question: String, _ trace: [String]) -> String {
        let body = #"{"flow_id":"faq","input":"\#(question)"}"#
        let lines = [
            "POST /run-flow HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Origin: \(page)",
            "Content-Length: \(body.utf8.count)",
        ]
        return (lines + trace + ["", body]).joined(separator: "\r\n")
    }

    private static func answers(_ connection: RawConnection, _ count: Int) async -> [String] {
        let bytes = await connection.receive { bytes in
            String(decoding: bytes, as: UTF8.self).components(of: "\r\nX-Trace-ID: ").count > count
        }
        return String(decoding: bytes, as: UTF8.self).components(of: "\r\nX-Trace-ID: ").dropFirst()
            .map { String($0.prefix(32)) }
    }

    @Test("a page's trace goes on to LangFlow: one id, its flags and state, and a span of ours as the parent")
    func handedOn() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let upstream = try await TestUpstream.langFlow(on: group)
        let settings = """
            flows: {faq: {ttl: 1h, session: ignore}}
            cors: {origins: ["\(Self.page)"]}
            """
        try await withAmbassador(upstream: upstream.url, store: try temporaryStore(), settings: settings) {
            ambassador in
            let connection = try await RawConnection.open(
                to: try #require(ambassador.assembly.dataAddress),
                group: group
            )
            try await connection.send(
                """
                OPTIONS /run-flow HTTP/1.1\r\nHost: localhost\r\nOrigin: \(Self.page)\r\n\
                Access-Control-Request-Method: POST\r\n\
                Access-Control-Request-Headers: content-type,traceparent,tracestate\r\n\r\n
                """
            )
            #expect(await Self.answers(connection, 1).count == 1)
            // The first two heads differ in what a pattern leaves out, so that the second is judged without the parser.
            let cases: [(question: String, trace: [String], flags: String, state: String?)] = [
                (
                    "a", ["traceparent: 00-\(Self.trace)-\(Self.span)-01", "tracestate: rojo=1,congo=2"], "01",
                    "rojo=1,congo=2"
                ),
                ("b", ["traceparent: 00-\(Self.trace)-\(Self.span)-03", "tracestate: other=3"], "03", "other=3"),
                ("c", ["traceparent: 00-\(Self.trace)-\(Self.span)-00"], "00", nil),
                (
                    "d", ["tracestate: a=1", "traceparent: 00-\(Self.trace)-\(Self.span)-01", "tracestate: b=2"], "01",
                    "a=1,b=2"
                ),
                ("e", ["traceparent: cc-\(Self.trace)-\(Self.span)-ff-more", "tracestate: no state"], "03", nil),
                ("f", ["X-Trace-ID: \(Self.trace)", "tracestate: a=1"], "00", nil),
            ]
            for (number, expected) in cases.enumerated() {
                try await connection.send(Self.call(expected.question, expected.trace))
                #expect(await Self.answers(connection, number + 2).last == Self.trace, "\(expected.question)")
                let sent = try #require(upstream.requests.last)
                let parent = try #require(sent.field("traceparent"))
                #expect(parent.utf8.count == 55)
                #expect(parent.hasPrefix("00-\(Self.trace)-") && parent.hasSuffix("-\(expected.flags)"), "\(parent)")
                #expect(!parent.contains(Self.span) && TraceParent(parent.utf8) != nil)
                #expect(sent.field("tracestate") == expected.state, "\(expected.question)")
                #expect(sent.field("x-trace-id") == Self.trace)
            }
            #expect(upstream.requests.count == cases.count)
            let parents = upstream.requests.compactMap { $0.field("traceparent") }
            #expect(Set(parents).count == cases.count)
            await connection.close()
        }
        await upstream.shutdown()
    }

    @Test("a repeated traceparent is nobody's, and its state is not handed on")
    func repeated() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let upstream = try await TestUpstream.langFlow(on: group)
        try await withAmbassador(
            upstream: upstream.url,
            store: try temporaryStore(),
            settings: "flows: {faq: {ttl: 1h, session: ignore}}"
        ) { ambassador in
            let parent = "00-\(Self.trace)-\(Self.span)-01"
            let answer = try await ambassador.post(
                #"{"flow_id":"faq","input":"q"}"#,
                headers: [("traceparent", parent), ("traceparent", parent), ("tracestate", "a=1")]
            )
            #expect(answer.status == 200)
            let sent = try #require(upstream.requests.last)
            #expect(sent.field("traceparent")?.contains(Self.trace) == false)
            #expect(sent.field("traceparent")?.hasSuffix("-00") == true)
            #expect(sent.field("tracestate") == nil)
        }
        await upstream.shutdown()
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        self.split(separator: separator, omittingEmptySubsequences: false)
    }
}
