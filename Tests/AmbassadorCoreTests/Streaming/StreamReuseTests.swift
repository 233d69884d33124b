import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Streams and plain answers in each other's place, paced replays, and runs that nobody waits for.
@Suite struct StreamReuseTests {
    @Test("a stored stream answers a plain call with the whole answer of its end")
    func plainFromStream() async throws {
        let harness = Harness(flows: ["faq": .cached { $0.reusesStreams = true }])
        let stream = await StreamReading(await harness.ask("q", session: "a", wantsStream: true))
        let plain = await harness.ask("q", session: "b")
        #expect(plain.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let end = try JSONParser.parse(ByteBuffer(string: stream.records.last ?? ""))
        let answer = try JSONParser.parse(plain.content.bytes)
        #expect(answer["session_id"]?.string?.text == "b")
        #expect(plain.text.replacing("\"b\"", with: "\"a\"") == stream.text.resultOfEnd)
        #expect(end["data"]?["result"]?["outputs"] != nil)
        #expect(await harness.ask("q", wantsText: true).text == "answer 0 to q")
        #expect(harness.upstream.calls.isEmpty)
    }

    @Test("a stored plain answer answers a streamed call with its message and the end")
    func streamFromPlain() async throws {
        let harness = Harness(flows: ["faq": .cached { $0.reusesStreams = true }])
        let plain = await harness.ask("q", session: "a")
        let hit = await harness.ask("q", session: "b", wantsStream: true)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let reading = await StreamReading(hit)
        #expect(try reading.events == ["add_message", "end"])
        #expect(reading.text.resultOfEnd == plain.text.replacing("\"a\"", with: "\"b\""))
        let message = try JSONParser.parse(ByteBuffer(string: reading.records[0]))["data"]
        #expect(message?["text"]?.string?.text == "answer 0 to q")
        #expect(message?["session_id"]?.string?.text == "b")
        #expect(harness.upstream.streamedCalls.isEmpty)
    }

    @Test("an end that is written over several lines is an end too")
    func severalLines() throws {
        let body =
            "{\"event\": \"token\", \"data\": {}}\n\n{\"event\": \"end\",\n\"data\": {\"result\": {\"a\":\n1}}}\n\n"
        let answer = Answer(
            form: .records,
            body: ByteBuffer(string: body),
            sessionOffsets: [],
            text: ByteBuffer()
        )
        #expect(answer.in(.document).map { String(buffer: $0.body) } == "{\"a\":\n1}")
    }

    @Test("without reuse a stream and a plain answer are kept apart")
    func apart() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        _ = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=miss; stored")
        #expect(await harness.ask("q").cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        #expect(harness.store.entries.count == 2)
    }

    @Test("a paced replay gives a record at a time, and is recorded at its end")
    func paced() async throws {
        let harness = Harness(flows: ["faq": .cached { $0.replayPace = .milliseconds(20) }])
        let live = await StreamReading(await harness.ask("q", session: "s", wantsStream: true))
        let hit = await harness.ask("q", session: "s", wantsStream: true)
        #expect(harness.audit.records.count == 1)
        let reading = Task { await StreamReading(hit) }
        for _ in 0..<3 {
            await harness.clock.waitForTimers(1)
            harness.clock.advance(by: .milliseconds(20))
        }
        let replay = await reading.value
        #expect(replay.text == live.text)
        #expect(replay.isComplete)
        #expect(harness.audit.records.map(\.outcome) == [.miss, .hit])
        #expect(harness.audit.records.last?.responseBytes == live.text.utf8.count)
    }

    @Test("a stale stream is served at once and refreshed as a stream")
    func refreshed() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleWhileRevalidate: .seconds(60))])
        let first = await StreamReading(await harness.ask("q", session: "s", wantsStream: true))
        harness.clock.advance(by: .seconds(20))
        let stale = await harness.ask("q", session: "s", wantsStream: true)
        #expect(await StreamReading(stale).text == first.text)
        try await eventually("the refresh has ended") { harness.ambassador.parts.streams.count == 0 }
        #expect(harness.upstream.streamedCalls.count == 2)
        let fresh = await harness.ask("q", session: "s", wantsStream: true)
        #expect(fresh.cacheStatusText == "ambassador; hit; ttl=10; detail=memory")
        #expect(await StreamReading(fresh).text.contains("answer 1 "))
    }

    @Test(
        "a run that nobody waits for and that is not kept is cancelled, streamed or folded",
        arguments: [true, false]
    )
    func cancelled(wantsStream: Bool) async throws {
        var settings = FlowSettings()
        settings.cancelsAbandoned = true
        let harness = Harness(flows: ["faq": settings])
        let stream = ScriptedStream()
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        stream.send("{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n")
        let asking = Task {
            let response = await harness.ask("q", wantsStream: wantsStream)
            return await StreamReading(response)
        }
        try await eventually("LangFlow is read") { stream.readCount == 1 }
        asking.cancel()
        #expect(await !asking.value.isComplete || !wantsStream)
        try await eventually("LangFlow's run is cancelled") { stream.isCancelled }
        #expect(harness.audit.records.map(\.outcome) == [.abandoned])
    }

    @Test("what is folded is the plain answer")
    func folded() async throws {
        var settings = FlowSettings()
        settings.cancelsAbandoned = true
        let harness = Harness(flows: ["faq": settings])
        let answer = await harness.ask("q", session: "s")
        #expect(answer.cacheStatusText == "ambassador; fwd=bypass; detail=policy")
        #expect(try JSONParser.parse(answer.content.bytes)["session_id"]?.string?.text == "s")
        #expect(harness.upstream.calls.isEmpty)
        #expect(harness.upstream.streamedCalls.count == 1)
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream(["{\"event\": \"error\", \"data\": {\"error\": \"boom\"}}\n\n"]).opening()
        }
        let failed = await harness.ask("q")
        #expect(failed.status == 500)
        #expect(failed.text.contains("boom"))
    }

    @Test("under strict nobody has the end of a stream before its record is on disk")
    func strict() async throws {
        let audit = RecordingAuditLog(durability: .strict)
        let harness = Harness(flows: ["faq": .cached()], audit: audit)
        #expect(await StreamReading(await harness.ask("q", wantsStream: true)).isComplete)
        #expect(audit.records.count == 1)
        audit.fail()
        let reading = await StreamReading(await harness.ask("other", wantsStream: true))
        #expect(!reading.isComplete)
        #expect(try !reading.events.contains("end"))
        #expect(audit.records.count == 1)
    }

    @Test("a stream over the entry limit is passed on whole and not kept")
    func tooLong() async throws {
        var limits = StreamLimits()
        limits.keptBytesMax = 200
        limits.windowBytes = 500
        let harness = Harness(flows: ["faq": .cached()], entryBytesMax: 500, streams: limits)
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(reading.isComplete)
        #expect(try reading.events == ["add_message", "token", "token", "end"])
        #expect(harness.store.entries.isEmpty)
        limits.streamBytesMax = 600
        let short = Harness(flows: ["faq": .cached()], streams: limits)
        #expect(await !StreamReading(await short.ask("q", wantsStream: true)).isComplete)
    }
}

extension String {
    /// The bytes of the plain answer within the record that ends a stream.
    fileprivate var resultOfEnd: String? {
        guard let start = self.range(of: "\"end\", \"data\": {\"result\": ")?.upperBound else { return nil }
        return String(self[start...].dropLast("}}\n\n".utf8.count))
    }

    private func range(of part: String) -> Range<String.Index>? {
        self.firstRange(of: part)
    }
}
