import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// LangFlow's streams on their way in.
@Suite("Upstream streams") struct UpstreamStreamTests {
    @Test("LangFlow is asked for a stream as its own clients ask")
    func request() async throws {
        let script: TestUpstream.Script = { _ in UpstreamHarness.whole(RecordedStream.echo) }
        try await UpstreamHarness.run(script: script) { harness in
            #expect(await harness.outcome() == .whole(RecordedStream.echo.joined()))
            let request = try #require(harness.server.requests.first)
            #expect(request.requestLine == "POST /api/v1/run/faq?stream=true HTTP/1.1")
            #expect(request.field("accept") == "application/json")
            #expect(request.field("accept-encoding") == "identity")
            #expect(request.field("x-api-key") == "sk-secret")
        }
    }

    @Test("pieces are handed on as they come, and the connection is used again")
    func pieces() async throws {
        let records = RecordedStream.llm
        let (turns, turn) = AsyncStream.makeStream(of: Void.self)
        let script: TestUpstream.Script = { _ in
            .stream { writer in
                var iterator = turns.makeAsyncIterator()
                for record in records {
                    await iterator.next()
                    try await writer.sendChunk(record)
                }
                await iterator.next()
                try await writer.sendLastChunk()
                return .keepOpen
            }
        }
        try await UpstreamHarness.run(script: script) { harness in
            for _ in 0..<2 {
                let body = try await harness.open()
                for record in records {
                    turn.yield()
                    var piece = ""
                    while piece.utf8.count < record.utf8.count {
                        piece += String(buffer: try #require(try await body.next()))
                    }
                    #expect(piece == record)
                }
                turn.yield()
                #expect(try await body.next() == nil)
                #expect(try await body.next() == nil)
            }
            #expect(harness.server.connections == 1)
        }
    }

    @Test(
        "what is no stream is an answer, whole",
        arguments: [
            ("200 OK", "application/json"), ("422 Unprocessable", "application/json"),
            ("500 Internal Server Error", "application/json"), ("404 Not Found", "text/event-stream"),
            ("200 OK", "text/event-streams"), ("200 OK", "text/plain"),
        ]
    )
    func answers(status: String, type: String) async throws {
        let script: TestUpstream.Script = { _ in
            .answer(#"{"detail":"x"}"#, status: status, fields: ["Content-Type: \(type)"])
        }
        try await UpstreamHarness.run(script: script) { harness in
            guard case .answer(let answer) = try await harness.upstream.stream(harness.call) else {
                Issue.record("it was taken for a stream")
                return
            }
            #expect(status.hasPrefix("\(answer.status) "))
            #expect(answer.contentType == type)
            #expect(String(buffer: answer.body) == #"{"detail":"x"}"#)
        }
    }

    @Test("a stream of one piece with its length, and one that is longer than any answer, are streams")
    func lengths() async throws {
        let record = String(repeating: "a", count: 4094) + "\n\n"
        for framing in [
            "Content-Length: 4096\r\n\r\n\(record)", "Transfer-Encoding: chunked\r\n\r\n1000\r\n\(record)\r\n0\r\n\r\n",
        ] {
            let reply = "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream\r\n" + framing
            try await UpstreamHarness.run(
                configure: { $0.answerBytesMax = 2048 },
                script: { _ in .raw(reply) },
                body: { harness in #expect(await harness.outcome() == .whole(record)) }
            )
        }
    }

    @Test(
        "a stream that does not say where it ends, or is coded, or is none of LangFlow's, is invalid",
        arguments: [
            "200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
            "200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: identity\r\n\r\n",
            "200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: gzip\r\n\r\n",
            "200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "206 Partial Content\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "307 Temporary Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
            "500 Oh\r\nContent-Length: 2049\r\n\r\n", "200 OK\r\nContent-Length: 2049\r\n\r\n",
        ]
    )
    func invalid(reply: String) async throws {
        try await UpstreamHarness.run(
            configure: { $0.answerBytesMax = 2048 },
            script: { _ in .raw("HTTP/1.1 " + reply, end: .close) },
            body: { harness in #expect(await harness.outcome() == .failed("invalid", after: "")) }
        )
    }

    @Test("framing that breaks in the middle makes the stream invalid")
    func brokenFraming() async throws {
        let script: TestUpstream.Script = { _ in
            .stream { writer in
                try await writer.sendChunk("one\n\n")
                try await writer.send("zz\r\n")
                return .keepOpen
            }
        }
        try await UpstreamHarness.run(script: script) { harness in
            // What came in the same read as the fault may be lost with it.
            let outcome = await harness.outcome()
            #expect([.failed("invalid", after: "one\n\n"), .failed("invalid", after: "")].contains(outcome))
        }
    }

    @Test("a stream cut at any byte is lost, never at its end", arguments: [false, true], [false, true])
    func cut(byReset: Bool, isChunked: Bool) async throws {
        let records = [
            #"{"event": "token", "data": {}}"# + "\n\n", #"{"event": "end", "data": {"result": {}}}"# + "\n\n",
        ]
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        let body = records.joined()
        let chunks = records.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
        let whole =
            head
            + (isChunked
                ? "Transfer-Encoding: chunked\r\n\r\n" + chunks : "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
        let bytes = Array(whole.utf8)
        let script: TestUpstream.Script = { request in
            TestUpstream.Reply(bytes: Array(bytes.prefix(request.connection)), end: byReset ? .reset : .close)
        }
        try await UpstreamHarness.run(script: script) { harness in
            for length in 0..<bytes.count {
                guard case .failed("connectionLost", let part) = await harness.outcome() else {
                    Issue.record("cut after \(length) bytes it is not lost")
                    continue
                }
                #expect(body.hasPrefix(part))
            }
            #expect(await harness.outcome() == .whole(body))
            #expect(harness.server.requests.count == bytes.count + 1)
        }
    }

    @Test(
        "a recorded stream that a proxy cuts at each record's edge and within each is lost",
        arguments: [false, true]
    )
    func cutByProxy(byReset: Bool) async throws {
        let records = RecordedStream.echo
        let reply = UpstreamHarness.whole(records)
        let head =
            reply.bytes.count - records.reduce(5) { $0 + String($1.utf8.count, radix: 16).count + $1.utf8.count + 4 }
        var limits: [Int] = []
        var position = head
        for record in records {
            let chunk = String(record.utf8.count, radix: 16).count + record.utf8.count + 4
            limits += [position, position + 2, position + chunk / 2, position + chunk - 4, position + chunk - 2]
            position += chunk
        }
        limits += [position, position + 1, position + 3, position + 4]
        let all = limits
        try await UpstreamHarness.run(
            fault: { byReset ? .reset(afterBytes: all[$0]) : .cut(afterBytes: all[$0]) },
            script: { _ in reply },
            body: { harness in
                for _ in all {
                    guard case .failed("connectionLost", let part) = await harness.outcome() else {
                        Issue.record("a stream that was cut is not lost")
                        continue
                    }
                    #expect(records.joined().hasPrefix(part))
                }
                #expect(harness.server.requests.count == all.count)
            }
        )
    }

    @Test("a stream that trickles arrives whole")
    func slow() async throws {
        let reply = UpstreamHarness.whole(RecordedStream.echo)
        try await UpstreamHarness.run(
            fault: { _ in .slow(bytes: 97, every: .microseconds(200)) },
            script: { _ in reply },
            body: { harness in #expect(await harness.outcome() == .whole(RecordedStream.echo.joined())) }
        )
    }
}
