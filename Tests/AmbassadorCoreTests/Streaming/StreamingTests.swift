import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// Streamed calls through the whole pipeline.
@Suite struct StreamingTests {
    private static let events = ["add_message", "token", "token", "end"]

    @Test("a miss is handed on record by record and kept; a hit gives the same records with the reader's own session")
    func missAndHit() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let miss = await harness.ask("q", session: "first", wantsStream: true)
        #expect(miss.status == 200)
        #expect(miss.cacheStatusText == "ambassador; fwd=miss")
        let live = await StreamReading(miss)
        #expect(live.isComplete)
        #expect(try live.events == Self.events)
        #expect(live.text.contains(#""session_id": "first""#))
        let hit = await harness.ask("q", session: "second", wantsStream: true)
        #expect(hit.cacheStatusText == "ambassador; hit; ttl=60; detail=memory")
        let replay = await StreamReading(hit)
        #expect(replay.text == live.text.replacing("first", with: "second"))
        #expect(harness.upstream.streamedCalls.count == 1)
        let records = harness.audit.records
        #expect(records.map(\.outcome) == [.miss, .hit])
        #expect(records.map(\.responseBytes) == [live.text.utf8.count, replay.text.utf8.count])
        #expect(records[0].attempts == 1)
        #expect(records.map { $0.answer.map { String(buffer: $0.text) } } == ["answer 0 to q", "answer 0 to q"])
    }

    @Test("LangFlow's first record reaches the caller before its second one exists")
    func unbuffered() async throws {
        let stream = ScriptedStream()
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        async let asked = harness.ask("q", wantsStream: true)
        stream.send("{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n")
        guard case .stream(let body) = await asked.content, case .bytes(let bytes) = await body.next() else {
            Issue.record("no stream")
            return
        }
        #expect(String(buffer: bytes) == "{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n")
        await body.abandon()
        #expect(harness.audit.records.map(\.outcome) == [.abandoned])
        #expect(harness.audit.records.map(\.status) == [499])
        stream.end()
    }

    @Test("identical streamed questions are one call, and each gets every record")
    func collapsed() async throws {
        let stream = ScriptedStream()
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.followStreams { _, _ throws(UpstreamError) in stream.opening() }
        let readings = await withTaskGroup(of: StreamReading.self) { group in
            for _ in 0..<100 {
                group.addTask { await StreamReading(await harness.ask("q", session: "s", wantsStream: true)) }
            }
            group.addTask {
                let call = await Self.firstCall(of: harness.upstream)
                for record in ScriptedUpstream.records(of: call) {
                    stream.send(record)
                    await Task.yield()
                }
                stream.end()
                return await StreamReading(Response(status: 200, traceID: .random(), content: .text(ByteBuffer())))
            }
            var readings: [StreamReading] = []
            for await reading in group where !reading.text.isEmpty { readings.append(reading) }
            return readings
        }
        #expect(readings.count == 100)
        #expect(Set(readings.map(\.text)).count == 1)
        let first = try #require(readings.first)
        #expect(try first.events == Self.events)
        #expect(harness.upstream.streamedCalls.count == 1)
        #expect(harness.audit.records.count == 100)
        #expect(harness.audit.records.count { $0.outcome == .miss } == 1)
    }

    private static func firstCall(of upstream: ScriptedUpstream) async -> UpstreamCall {
        while true {
            if let call = upstream.streamedCalls.first { return call }
            await Task.yield()
        }
    }

    @Test("a stream that is cut anywhere is not complete, not kept, and its failure is told")
    func cut() async throws {
        let harness = Harness(flows: ["faq": .cached(staleIfError: .seconds(60))])
        let whole = ScriptedUpstream.records(
            of: UpstreamCall(
                target: try #require(FlowName("faq")),
                body: ByteBuffer(string: #"{"input_value":"q","session_id":"s"}"#),
                globalVariables: [],
                traceID: .random(),
                timeout: .seconds(1)
            )
        ).joined()
        for length in 0..<whole.utf8.count {
            let part = String(decoding: Array(whole.utf8.prefix(length)), as: UTF8.self)
            harness.upstream.followStreams { _, _ throws(UpstreamError) in
                ScriptedStream(part.isEmpty ? [] : [part], failing: .connectionLost(UpstreamCause(.closed))).opening()
            }
            let response = await harness.ask("q", wantsStream: true)
            let reading = await StreamReading(response)
            #expect(harness.store.entries.isEmpty)
            guard response.status == 200 else {
                // Nothing whole had come: the failure is an answer of its own.
                #expect([502, 503].contains(response.status))
                continue
            }
            #expect(!reading.isComplete, "cut after \(length)")
            #expect(try reading.events.last == "error")
            #expect(try !reading.events.contains("end"))
            // The breaker, which has seen enough by now, must not answer in LangFlow's place.
            harness.clock.advance(by: .seconds(3600))
        }
    }

    @Test("a clean end without an end event is no end")
    func endless() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream(["{\"event\": \"token\", \"data\": {\"chunk\": \"a\"}}\n\n"]).opening()
        }
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(!reading.isComplete)
        #expect(try reading.events == ["token", "error"])
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.map(\.errorKind) == [.upstreamInvalid])
    }

    @Test("an error event is told without its traceback, ends the stream as LangFlow does, and is not kept")
    func errorEvents() async throws {
        let harness = Harness(flows: ["faq": .cached()])
        let error =
            #"{"event": "error", "data": {"text": "no luck", "category": "error", "content_blocks": ["#
            + #"{"traceback": "Traceback: File \"/venv/lib/x.py\""}]}}"#
        let second =
            #"{"event": "error", "data": {"error": "500: {\"message\":\"Error: no luck\",\"traceback\":\"/venv/x\"}"}}"#
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            let user = "{\"event\": \"add_message\", \"data\": {\"text\": \"q\"}}\n\n"
            return ScriptedStream([user, error + "\n\n", second + "\n\n"]).opening()
        }
        let reading = await StreamReading(await harness.ask("q", wantsStream: true))
        #expect(reading.isComplete)
        #expect(try reading.events == ["add_message", "error", "error"])
        #expect(reading.text.contains("no luck"))
        #expect(!reading.text.contains("venv") && !reading.text.contains("raceback"))
        #expect(harness.store.entries.isEmpty)
        #expect(harness.audit.records.map(\.outcome) == [.failed])
        #expect(harness.audit.records.map(\.errorKind) == [.upstreamFailed])
    }

    @Test("a stream that begins with its failure is an error with its status, or a stored answer")
    func failsAtOnce() async throws {
        let harness = Harness(flows: ["faq": .cached(ttl: .seconds(10), staleIfError: .seconds(3600))])
        let kept = await StreamReading(await harness.ask("known", session: "s", wantsStream: true))
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            ScriptedStream(["{\"event\": \"error\", \"data\": {\"error\": \"boom\"}}\n\n"]).opening()
        }
        harness.clock.advance(by: .seconds(60))
        let failed = await harness.ask("unknown", wantsStream: true)
        #expect(failed.status == 500)
        #expect(failed.text.contains("boom"))
        let stale = await harness.ask("known", session: "s", wantsStream: true)
        #expect(stale.degradation == .stale)
        #expect(await StreamReading(stale).text == kept.text)
    }

    @Test("LangFlow's refusal and a flow's fallback come as what they are")
    func refusals() async throws {
        let harness = Harness(flows: ["faq": .cached { $0.fallback = "away" }])
        harness.upstream.followStreams { _, _ throws(UpstreamError) in
            .answer(
                UpstreamAnswer(
                    status: 422,
                    contentType: "application/json",
                    body: ByteBuffer(string: #"{"detail":"no"}"#)
                )
            )
        }
        let rejected = await harness.ask("q", wantsStream: true)
        #expect(rejected.status == 422)
        #expect(rejected.text == #"{"detail":"no"}"#)
        harness.upstream.followStreams { _, _ throws(UpstreamError) in throw .unreachable(UpstreamCause(.refused)) }
        let fallback = await harness.ask("q", wantsStream: true)
        #expect(fallback.degradation == .fallback)
        let reading = await StreamReading(fallback)
        #expect(try reading.events == ["add_message", "end"])
        #expect(reading.text.contains("away"))
    }
}
