import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

/// Streams on their way to callers.
@Suite("Streamed responses") struct StreamedResponseTests {
    /// Answers a request whose body begins so with the stream, and others with their bodies.
    static func streaming(_ stream: any ResponseStream, synchronously: Bool = false) -> WitnessResponder {
        WitnessResponder { request in
            guard String(buffer: request.body) == "\"stream\"" else { return .answered(.echo(of: request)) }
            let response = Response.stream(stream, to: request)
            return synchronously ? .answered(response) : .pending { response }
        }
    }

    static let request = ConnectionTests.post("\"stream\"", start: "POST /api/v1/run/faq?stream=true HTTP/1.1")
    static let oldRequest = ConnectionTests.post("\"stream\"", start: "POST /api/v1/run/faq?stream=true HTTP/1.0")

    @Test("each piece is a chunk that leaves at once, and the connection goes on", arguments: [false, true])
    func chunks(synchronously: Bool) async throws {
        let stream = ScriptedStream()
        let witness = Self.streaming(stream, synchronously: synchronously)
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            let head = await connection.receive { ChunkedMessage($0) != nil }
            let fields = try #require(ChunkedMessage(head)).fields.filter { !$0.hasPrefix("Date: ") }
            #expect(
                fields.filter { !$0.hasPrefix("X-Trace-ID: ") } == [
                    "Content-Type: text/event-stream; charset=utf-8", "X-Accel-Buffering: no",
                    "Transfer-Encoding: chunked",
                ]
            )
            #expect(witness.decided.map(\.head.wantsStream) == [true])
            for (number, record) in RecordedStream.llm.enumerated() {
                stream.put(record)
                let bytes = await connection.receive { ChunkedMessage($0)?.chunks.count == number + 1 }
                #expect(ChunkedMessage(bytes)?.chunks.last == record)
            }
            stream.put(.end)
            try await connection.send(ConnectionTests.post("\"after\""))
            let bytes = await connection.receive { ResponseMessage.all(in: ChunkedMessage($0)?.rest ?? []).count == 1 }
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.chunks == RecordedStream.llm)
            #expect(ResponseMessage.all(in: message.rest).map(\.body) == ["\"after\""])
            #expect(stream.asked == RecordedStream.llm.count + 1)
            #expect(stream.abandoned == 0)
            await connection.close()
        }
    }

    @Test("records that are there together are chunks of their own, short and long ones")
    func together() async throws {
        let records = RecordedStream.llm + [String(repeating: "x", count: 40_000) + "\n\n", "data: y\n\n"]
        let stream = ScriptedStream(records: [records.joined()])
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            let bytes = await connection.receive { ChunkedMessage($0)?.isComplete == true }
            #expect(try #require(ChunkedMessage(bytes)).chunks == records)
            await connection.close()
        }
    }

    @Test("a caller of HTTP/1.0 gets the bytes and then the end of the connection")
    func oldCaller() async throws {
        let stream = ScriptedStream(records: RecordedStream.echo)
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.oldRequest)
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            #expect(!connection.hasFailed)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasSuffix("\r\nConnection: close\r\n\r\n" + RecordedStream.echo.joined()))
            #expect(!text.contains("Transfer-Encoding"))
            await connection.close()
        }
    }

    @Test("a stream that breaks ends without its last chunk, and for HTTP/1.0 with a reset", arguments: [false, true])
    func broken(isOld: Bool) async throws {
        let stream = ScriptedStream([.bytes(ByteBuffer(string: RecordedStream.echo[0]))])
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            let first = RecordedStream.echo[0]
            try await connection.send(isOld ? Self.oldRequest : Self.request + ConnectionTests.post("\"after\""))
            _ = await connection.receive { String(decoding: $0, as: UTF8.self).contains(first) }
            stream.put(.broken)
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            #expect(connection.hasFailed == isOld)
            if !isOld {
                let message = try #require(ChunkedMessage(bytes))
                #expect(message.chunks == [first])
                #expect(!message.isComplete)
                #expect(message.rest == [])
            }
            #expect(stream.abandoned == 0)
            await connection.close()
        }
    }

    @Test("requests behind a stream wait for its end, and are answered in their order")
    func pipelined() async throws {
        let stream = ScriptedStream()
        let witness = Self.streaming(stream)
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let others = (0..<40).map { "\"\($0)\"" }
            try await connection.send(Self.request + others.map { ConnectionTests.post($0) }.joined())
            stream.put("one\n\n")
            _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
            #expect(witness.bodies == ["\"stream\""])
            stream.put("two\n\n")
            stream.put(.end)
            let bytes = await connection.receive { ResponseMessage.all(in: ChunkedMessage($0)?.rest ?? []).count == 40 }
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.chunks == ["one\n\n", "two\n\n"])
            #expect(ResponseMessage.all(in: message.rest).map(\.body) == others)
            await connection.close()
        }
    }

    @Test("a caller that shuts its side down still gets its stream, and then the end")
    func halfClosed() async throws {
        let stream = ScriptedStream()
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            try await connection.finishSending()
            for record in RecordedStream.echo { stream.put(record) }
            stream.put(.end)
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.chunks == RecordedStream.echo)
            await connection.close()
        }
    }

    @Test("a caller that shuts its side down in the midst of its stream gets the rest of it")
    func halfClosedMidway() async throws {
        let stream = ScriptedStream()
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            stream.put("one\n\n")
            _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
            try await connection.finishSending()
            // A zero of the next chunk's length, to see whether it still listens.
            let begun = await connection.receive { ChunkedMessage($0)?.rest.isEmpty == false }
            #expect(ChunkedMessage(begun)?.rest.first == UInt8(ascii: "0"))
            stream.put("two\n\n")
            stream.put("three\n\n")
            stream.put(.end)
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.chunks == ["one\n\n", "two\n\n", "three\n\n"])
            await connection.close()
        }
    }

    @Test("a stream that breaks off behind such a zero fails the connection, as it may pass for the last chunk")
    func halfClosedAndBroken() async throws {
        let stream = ScriptedStream()
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            stream.put("one\n\n")
            _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
            try await connection.finishSending()
            _ = await connection.receive { ChunkedMessage($0)?.rest.isEmpty == false }
            stream.put(.broken)
            _ = await connection.receiveToEnd()
            #expect(connection.hasFailed)
            await connection.close()
        }
    }

    @Test("a caller that closes after its stream is told so, and nothing behind it is run")
    func closing() async throws {
        let stream = ScriptedStream(records: ["one\n\n"])
        let witness = Self.streaming(stream)
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            let last = ConnectionTests.post("\"stream\"", fields: ["Connection: close"])
            try await connection.send(last + ConnectionTests.post("\"evil\""))
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.fields.contains("Connection: close"))
            #expect(message.rest == [])
            #expect(witness.bodies == ["\"stream\""])
            await connection.close()
        }
    }

    @Test("many streams at once all arrive whole")
    func many() async throws {
        let witness = WitnessResponder { request in
            let records = RecordedStream.llm.map { $0 + String(buffer: request.body) + "\n\n" }
            return .pending { .stream(ScriptedStream(records: records), to: request) }
        }
        try await ServerHarness.run(witness) { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let connection = try await server.connect()
                        try await connection.send(ConnectionTests.post("\(number)", fields: ["Connection: close"]))
                        let (bytes, hasEnded) = await connection.receiveToEnd(within: .seconds(60))
                        await connection.close()
                        let message = ChunkedMessage(bytes)
                        let expected = RecordedStream.llm.flatMap { [$0, "\(number)\n\n"] }
                        return hasEnded && message?.isComplete == true && message?.chunks == expected
                    }
                }
                var whole = 0
                for try await isWhole in group where isWhole { whole += 1 }
                #expect(whole == 200)
            }
        }
    }

    @Test("a graceful stop lets a stream come to its end, and then closes")
    func drained() async throws {
        let stream = ScriptedStream([.bytes(ByteBuffer(string: "one\n\n"))])
        try await ServerHarness.run(Self.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(Self.request)
            _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
            let stop = Task { await server.server.shutdown() }
            try await eventually("nobody is let in any more") {
                guard let other = try? await server.connect() else { return true }
                await other.close()
                return false
            }
            stream.put("two\n\n")
            stream.put(.end)
            let (bytes, hasEnded) = await connection.receiveToEnd()
            #expect(hasEnded)
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.chunks == ["one\n\n", "two\n\n"])
            await connection.close()
            await stop.value
        }
    }

    @Test("a stream that outlasts the grace of a stop is cut, visibly, and is told", arguments: [false, true])
    func grace(isOld: Bool) async throws {
        let stream = ScriptedStream([.bytes(ByteBuffer(string: "one\n\n"))])
        try await ServerHarness.run(
            Self.streaming(stream),
            configure: { $0.drainTimeout = .milliseconds(50) },
            body: { server in
                let connection = try await server.connect()
                try await connection.send(isOld ? Self.oldRequest : Self.request)
                _ = await connection.receive { String(decoding: $0, as: UTF8.self).contains("one") }
                await server.server.shutdown()
                let (bytes, hasEnded) = await connection.receiveToEnd()
                #expect(hasEnded)
                #expect(connection.hasFailed == isOld)
                if !isOld { #expect(ChunkedMessage(bytes)?.isComplete == false) }
                try await eventually("the stream is abandoned") { stream.abandoned == 1 }
                await connection.close()
            }
        )
    }
}
