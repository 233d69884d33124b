import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorHTTP

@Suite struct ResponseEncodingTests {
    private static func encoded(
        _ response: Response,
        persistence: ResponseEncoding.Persistence = .implied,
        takesChunks: Bool = true,
        includesBody: Bool = true
    ) -> String {
        let date = DateHeader(wall: { Timestamp(milliseconds: 784_111_777_999) })
        var buffer = ByteBuffer()
        ResponseEncoding(date: date)
            .write(
                response,
                ResponseEncoding.Manner(
                    persistence: persistence,
                    takesChunks: takesChunks,
                    includesBody: includesBody
                ),
                into: &buffer
            )
        return String(buffer: buffer)
    }

    private static func response(_ status: Int, _ content: Response.Content) throws -> Response {
        Response(status: status, traceID: try #require(TraceID(high: 1, low: 0xabc)), content: content)
    }

    private static let traceID = "00000000000000010000000000000abc"

    @Test("an answer's head and body are these bytes")
    func answer() throws {
        let answer = Answer(
            body: ByteBuffer(string: #"{"session_id":"","again":""}"#),
            sessionOffsets: [15, 26],
            text: ByteBuffer(string: "hi")
        )
        let session = try #require(SessionID("a\"b")).escaped
        var response = try Self.response(200, .answer(answer, session: session))
        response.cacheStatus = .hit(ttl: 12, .memory)
        response.ageSeconds = 3588
        #expect(
            Self.encoded(response) == """
                HTTP/1.1 200 OK\r
                Content-Type: application/json\r
                Content-Length: 36\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                X-Trace-ID: \(Self.traceID)\r
                Cache-Status: ambassador; hit; ttl=12; detail=memory\r
                Age: 3588\r
                \r
                {"session_id":"a\\"b","again":"a\\"b"}
                """
        )
    }

    @Test("a replay is one chunk for each record, as LangFlow sent it, with the reader's session")
    func replay() throws {
        let records = [#"{"event": "a", "s": ""}"#, #"{"event": "b"}"#, #"{"event": "end", "s": "", "t": ""}"#]
        let body = records.map { $0 + "\n\n" }.joined()
        let answer = Answer(
            form: .records,
            body: ByteBuffer(string: body),
            sessionOffsets: [21, 64, 73],
            text: ByteBuffer(string: "hi")
        )
        let session = try #require(SessionID("a\"b")).escaped
        let response = try Self.response(200, .answer(answer, session: session))
        let head = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream; charset=utf-8\r
            X-Accel-Buffering: no\r

            """
        let tail = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Trace-ID: \(Self.traceID)\r\n"
        let sent = [
            ("1d", #"{"event": "a", "s": "a\"b"}"#), ("10", #"{"event": "b"}"#),
            ("2c", #"{"event": "end", "s": "a\"b", "t": "a\"b"}"#),
        ]
        let chunks = sent.map { size, record in "\(size)\r\n\(record)\n\n\r\n" }.joined() + "0\r\n\r\n"
        #expect(Self.encoded(response) == head + "Transfer-Encoding: chunked\r\n" + tail + "\r\n" + chunks)
        let old = Self.encoded(response, persistence: .keepAlive, takesChunks: false)
        let whole = String(buffer: response.content.bytes)
        #expect(
            old == head + "Content-Length: \(whole.utf8.count)\r\n" + tail + "Connection: keep-alive\r\n\r\n" + whole
        )
    }

    @Test("recorded streams are replayed in the chunks in which LangFlow sent them")
    func recordedReplay() throws {
        for records in [RecordedStream.echo, RecordedStream.fails, RecordedStream.llm] {
            let answer = Answer(
                form: .records,
                body: ByteBuffer(string: records.joined()),
                sessionOffsets: [],
                text: ByteBuffer(string: "hi")
            )
            let session = try #require(SessionID("s")).escaped
            let text = Self.encoded(try Self.response(200, .answer(answer, session: session)))
            let message = try #require(ChunkedMessage(Array(text.utf8)))
            #expect(message.isComplete)
            #expect(message.chunks == records)
            #expect(message.rest == [])
        }
    }

    @Test(
        "chunk sizes are written without leading zeros",
        arguments: [(1, "1"), (15, "f"), (16, "10"), (255, "ff"), (256, "100"), (4095, "fff"), (5_242_880, "500000")]
    )
    func hexadecimal(number: Int, text: String) {
        var buffer = ByteBuffer()
        ResponseEncoding.writeHexadecimal(number, into: &buffer)
        #expect(String(buffer: buffer) == text)
    }

    @Test("a degraded text for an HTTP/1.0 caller is these bytes")
    func text() throws {
        var response = try Self.response(200, .text(ByteBuffer(string: "Bonjour")))
        response.degradation = .fallback
        response.retryAfterSeconds = 5
        #expect(
            Self.encoded(response, persistence: .keepAlive) == """
                HTTP/1.1 200 OK\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Length: 7\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                X-Trace-ID: \(Self.traceID)\r
                X-Ambassador-Degraded: fallback\r
                Cache-Control: no-store\r
                Retry-After: 5\r
                Connection: keep-alive\r
                \r
                Bonjour
                """
        )
    }

    @Test("a 405 names the methods and closes where told")
    func problem() throws {
        var response = try Self.response(405, .problem(ByteBuffer(string: "{}")))
        response.allowedMethods = "GET, HEAD"
        #expect(
            Self.encoded(response, persistence: .close) == """
                HTTP/1.1 405 Method Not Allowed\r
                Content-Type: application/problem+json\r
                Content-Length: 2\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                X-Trace-ID: \(Self.traceID)\r
                Allow: GET, HEAD\r
                Connection: close\r
                \r
                {}
                """
        )
    }

    @Test("an answer to HEAD states the length and has no body")
    func head() throws {
        let encoded = Self.encoded(try Self.response(200, .json(ByteBuffer(string: "12345"))), includesBody: false)
        #expect(encoded.contains("\r\nContent-Length: 5\r\n"))
        #expect(encoded.hasSuffix("\r\n\r\n"))
    }

    @Test("every status of a refusal has a status line", arguments: Refusal.Kind.allCases)
    func statuses(kind: Refusal.Kind) throws {
        let encoded = Self.encoded(try Self.response(kind.status, .problem(ByteBuffer())))
        #expect(encoded.hasPrefix("HTTP/1.1 \(kind.status) "))
        #expect(!encoded.hasPrefix("HTTP/1.1 \(kind.status) \r\n"))
    }

    @Test("a status without a known phrase has an empty one")
    func unknownStatus() throws {
        #expect(Self.encoded(try Self.response(418, .json(ByteBuffer()))).hasPrefix("HTTP/1.1 418 \r\n"))
    }

    @Test(
        "the seconds to wait are written in decimal, and never negative",
        arguments: [(0, "0"), (9, "9"), (10, "10"), (99, "99"), (100, "100"), (1_048_576, "1048576"), (-4, "0")]
    )
    func decimal(number: Int, expected: String) throws {
        var response = try Self.response(503, .text(ByteBuffer()))
        response.retryAfterSeconds = number
        let lines = Self.encoded(response).split(separator: "\r\n")
        #expect(lines.filter { $0.hasPrefix("Retry-After: ") } == ["Retry-After: \(expected)"])
    }

    @Test(
        "a date is written as RFC 9110 has it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (1_795_392_000, "Mon, 23 Nov 2026 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ]
    )
    func date(second: Int64, expected: String) {
        var buffer = ByteBuffer()
        DateHeader.write(second: second, into: &buffer)
        #expect(String(buffer: buffer) == expected)
    }
}
