import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// Readers of LangFlow's streams: slow ones, and those that give up.
@Suite("Upstream stream readers") struct UpstreamStreamReaderTests {
    private static let endless: TestUpstream.Script = { _ in
        .stream { writer in
            try await writer.sendChunk("one\n\n")
            try await writer.untilClosed()
            return .keepOpen
        }
    }

    @Test("a reader that is cancelled while it waits closes LangFlow's connection")
    func cancelledReader() async throws {
        try await UpstreamHarness.run(script: Self.endless) { harness in
            let body = try await harness.open()
            #expect(try await body.next().map { String(buffer: $0) } == "one\n\n")
            let reader = Task { () async throws(UpstreamError) -> ByteBuffer? in try await body.next() }
            reader.cancel()
            await #expect(throws: UpstreamError.cancelled) { try await reader.value }
            try await eventually("the connection is closed") { harness.server.closedConnections == 1 }
        }
    }

    @Test("a reader that was cancelled before it asks closes LangFlow's connection")
    func cancelledBefore() async throws {
        try await UpstreamHarness.run(script: Self.endless) { harness in
            let body = try await harness.open()
            let gate = Gate()
            let reader = Task {
                await gate.wait()
                return try await body.next()
            }
            reader.cancel()
            gate.open()
            await #expect(throws: UpstreamError.cancelled) { try await reader.value }
            try await eventually("the connection is closed") { harness.server.closedConnections == 1 }
        }
    }

    @Test("a stream that nobody holds any more closes LangFlow's connection")
    func dropped() async throws {
        try await UpstreamHarness.run(script: Self.endless) { harness in
            var body: (any UpstreamBody)? = try await harness.open()
            #expect(try await body?.next() != nil)
            body = nil
            try await eventually("the connection is closed") { harness.server.closedConnections == 1 }
        }
    }

    @Test("a call that is cancelled before its answer begins closes LangFlow's connection")
    func cancelledOpening() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let script: TestUpstream.Script = { _ in
            arrived.yield()
            return .silence
        }
        try await UpstreamHarness.run(script: script) { harness in
            let call = Task { await harness.outcome() }
            for await _ in arrivals { break }
            call.cancel()
            #expect(await call.value == .failed("cancelled", after: ""))
            try await eventually("the connection is closed") { harness.server.closedConnections == 1 }
        }
    }

    @Test("the call's time covers the whole stream", arguments: [0, 1])
    func timeout(chunks: Int) async throws {
        let script: TestUpstream.Script = { _ in
            guard chunks > 0 else { return .silence }
            return .stream { writer in
                try await writer.sendChunk("one\n\n")
                try await writer.untilClosed()
                return .keepOpen
            }
        }
        try await UpstreamHarness.run(timeout: .seconds(1), script: script) { harness in
            #expect(await harness.outcome() == .failed("timeout", after: chunks > 0 ? "one\n\n" : ""))
            try await eventually("the connection is closed") { harness.server.closedConnections == 1 }
        }
    }

    @Test("a proxy that stalls in the midst of a stream is a time-out")
    func stalled() async throws {
        let reply = UpstreamHarness.whole(RecordedStream.echo)
        try await UpstreamHarness.run(
            timeout: .seconds(1),
            fault: { _ in .stall(afterBytes: 2000) },
            script: { _ in reply },
            body: { harness in
                guard case .failed("timeout", let part) = await harness.outcome() else {
                    Issue.record("a stream that stalls does not time out")
                    return
                }
                #expect(!part.isEmpty)
                #expect(RecordedStream.echo.joined().hasPrefix(part))
            }
        )
    }

    @Test("nobody listening is unreachable")
    func refused() async throws {
        let script: TestUpstream.Script = { _ in .silence }
        try await UpstreamHarness.run(script: script) { harness in
            await harness.server.shutdown()
            #expect(await harness.outcome() == .failed("unreachable", after: ""))
        }
    }

    @Test("LangFlow is read no faster than its stream is")
    func backpressure() async throws {
        let piece = String(repeating: "x", count: 64 * 1024 - 2) + "\n\n"
        let sent = Mutex(0)
        let script: TestUpstream.Script = { _ in
            .stream { writer in
                // A gigabyte.
                for _ in 0..<(16 * 1024) {
                    try await writer.sendChunk(piece)
                    sent.withLock { $0 += 1 }
                }
                return .close
            }
        }
        try await UpstreamHarness.run(script: script) { harness in
            let before = ResidentMemory.byteCount()
            let body = try await harness.open()
            #expect(try await body.next() != nil)
            let first = await harness.turns.settled { sent.withLock { $0 } }
            #expect(first * 64 < 32 * 1024)
            #expect(ResidentMemory.byteCount() - before < 16 << 20)
            // Once it is read, it goes on.
            var read = 0
            while read < 64 << 20 {
                read += try #require(try await body.next()).readableBytes
            }
            let second = await harness.turns.settled { sent.withLock { $0 } }
            #expect(second * 64 < 32 * 1024 + read / 1024)
            #expect(second > first)
        }
    }

    @Test("a slow reader of five megabytes gets all of them")
    func slowReader() async throws {
        let piece = String(repeating: "x", count: 998) + "\n\n"
        let script: TestUpstream.Script = { _ in
            .stream { writer in
                for _ in 0..<5000 { try await writer.sendChunk(piece) }
                try await writer.sendLastChunk()
                return .keepOpen
            }
        }
        try await UpstreamHarness.run(script: script) { harness in
            let body = try await harness.open()
            var read = 0
            while let bytes = try await body.next() {
                read += bytes.readableBytes
                await Task.yield()
            }
            #expect(read == 5_000_000)
        }
    }

    @Test("many streams at once all arrive whole, each over a connection of its own")
    func many() async throws {
        let reply = UpstreamHarness.whole(RecordedStream.llm)
        try await UpstreamHarness.run(
            script: { _ in reply },
            body: { harness in
                let whole = await withTaskGroup(of: UpstreamHarness.Outcome.self) { group in
                    for _ in 0..<200 { group.addTask { await harness.outcome() } }
                    return await group.reduce(0) { $0 + ($1 == .whole(RecordedStream.llm.joined()) ? 1 : 0) }
                }
                #expect(whole == 200)
                #expect(harness.server.connections <= 200)
            }
        )
    }

    @Test("LangFlow's own header fields limit the lifetime of a stream's answer")
    func lifetime() async throws {
        let fields = ["Content-Type: text/event-stream", "Cache-Control: no-store"]
        let script: TestUpstream.Script = { _ in
            .stream(fields: fields) { writer in
                try await writer.sendLastChunk()
                return .keepOpen
            }
        }
        try await UpstreamHarness.run(script: script) { harness in
            guard case .stream(let stream) = try await harness.upstream.stream(harness.call) else {
                throw UpstreamHarness.NoStream()
            }
            #expect(stream.freshness.lifetimeMax == .zero)
            #expect(try await stream.body.next() == nil)
        }
    }
}
