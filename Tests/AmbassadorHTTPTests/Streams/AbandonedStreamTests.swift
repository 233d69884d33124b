import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

/// Callers of streams that leave, or do not read.
@Suite("Abandoned streams") struct AbandonedStreamTests {
    @Test("a caller that leaves before the first piece abandons the stream, once")
    func beforeFirstPiece() async throws {
        let stream = ScriptedStream()
        try await ServerHarness.run(StreamedResponseTests.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(StreamedResponseTests.request)
            _ = await connection.receive { ChunkedMessage($0) != nil }
            try await eventually("the first piece is asked for") { stream.asked == 1 }
            try await connection.reset()
            try await eventually("the stream is abandoned") { stream.abandoned == 1 }
            #expect(stream.asked == 1)
        }
        #expect(stream.abandoned == 1)
    }

    @Test("a caller that leaves between pieces abandons the stream, once")
    func betweenPieces() async throws {
        let stream = ScriptedStream()
        try await ServerHarness.run(StreamedResponseTests.streaming(stream)) { server in
            let connection = try await server.connect()
            try await connection.send(StreamedResponseTests.request)
            stream.put("one\n\n")
            _ = await connection.receive { ChunkedMessage($0)?.chunks.count == 1 }
            await connection.close()
            try await eventually("the stream is abandoned") { stream.abandoned == 1 }
        }
        #expect(stream.abandoned == 1)
    }

    @Test("a caller that leaves before there is a stream abandons it unread")
    func beforeStream() async throws {
        let (gate, stream) = (Gate(), ScriptedStream(records: RecordedStream.echo))
        let (starts, started) = AsyncStream.makeStream(of: Void.self)
        let witness = WitnessResponder { request in
            .pending {
                await withTaskCancellationHandler {
                    started.yield()
                    await gate.wait()
                } onCancel: {
                    gate.open()
                }
                return .stream(stream, to: request)
            }
        }
        try await ServerHarness.run(witness) { server in
            let connection = try await server.connect()
            try await connection.send(StreamedResponseTests.request)
            for await _ in starts { break }
            try await connection.reset()
            try await eventually("the stream is abandoned") { stream.abandoned == 1 }
            #expect(stream.asked == 0)
        }
    }

    @Test("of a long stream a caller that does not read gets what the sockets hold, and is closed at the time-out")
    func noReader() async throws {
        // Of a gigabyte.
        let stream = LongStream(pieces: 16 * 1024, ofBytes: 64 * 1024)
        try await ServerHarness.run(
            StreamedResponseTests.streaming(stream),
            configure: { $0.writeTimeout = .milliseconds(500) },
            body: { server in
                let before = ResidentMemory.byteCount()
                let connection = try await server.connect()
                try await connection.setReading(false)
                try await connection.send(StreamedResponseTests.request)
                let given = await server.turns.settled { stream.given }
                #expect(given > 0)
                #expect(given * 64 < 32 * 1024)
                #expect(ResidentMemory.byteCount() - before < 16 << 20)
                try await eventually("the stream is abandoned") { stream.abandoned == 1 }
                // The one that waited, at most, went nowhere.
                #expect(stream.given <= given + 1)
                await connection.close()
            }
        )
    }

    @Test("small pieces that a caller does not read are a matter of the time-out too")
    func noReaderOfSmallPieces() async throws {
        let stream = LongStream(pieces: .max, ofBytes: 100)
        try await ServerHarness.run(
            StreamedResponseTests.streaming(stream),
            configure: { $0.writeTimeout = .milliseconds(500) },
            body: { server in
                let connection = try await server.connect()
                try await connection.setReading(false)
                try await connection.send(StreamedResponseTests.request)
                try await eventually("the stream is abandoned") { stream.abandoned == 1 }
                #expect(stream.given * 100 < 32 << 20)
                await connection.close()
            }
        )
    }

    @Test(
        "a slow reader of five megabytes gets all of them, and no more than that waits in memory",
        arguments: [1024, 65_536]
    )
    func slowReader(pieceSize: Int) async throws {
        let count = 5 << 20 / pieceSize
        let stream = LongStream(pieces: count, ofBytes: pieceSize)
        try await ServerHarness.run(StreamedResponseTests.streaming(stream)) { server in
            let before = ResidentMemory.byteCount()
            let connection = try await server.connect()
            try await connection.setReading(false)
            try await connection.send(StreamedResponseTests.request)
            // All that the sockets take has been taken before the first byte is read.
            _ = await server.turns.settled { stream.given }
            #expect(ResidentMemory.byteCount() - before < 16 << 20)
            try await connection.setReading(true)
            let bytes = await connection.receive(within: .seconds(60)) {
                $0[max(0, $0.count - 5)...].elementsEqual("0\r\n\r\n".utf8)
            }
            let message = try #require(ChunkedMessage(bytes))
            #expect(message.isComplete)
            #expect(message.chunks.count == count)
            #expect(message.chunks.reduce(0) { $0 + $1.utf8.count } == count * pieceSize)
            #expect(stream.abandoned == 0)
            await connection.close()
        }
    }
}
