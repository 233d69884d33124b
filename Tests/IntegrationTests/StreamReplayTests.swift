import AmbassadorCore
import AmbassadorTesting
import Testing

@testable import ambassador

/// What of a stream outlasts it, and what a stop does to it.
@Suite(.serialized) struct StreamReplayTests {
    /// Line breaks of other alphabets, composed and decomposed letters, escapes, and a record longer than any buffer.
    private static let records: [String] = {
        let texts = [
            "a\u{2028}b\u{2029}c\u{85}", "e\u{301} \u{E9} 😀", #"\u2028 \n\n \\n"#,
            String(repeating: "长", count: 100_000),
        ]
        let tokens = texts.map { #"{"event": "token", "data": {"chunk": "\#($0)"}}"# + "\n\n" }
        return RecordedStream.llm.dropLast() + tokens + RecordedStream.llm.suffix(1)
    }()

    private static func expect(_ answer: StreamedAnswer, _ session: String, _ cacheStatus: String) {
        #expect(answer.cacheStatus.hasSuffix(cacheStatus))
        #expect(answer.isComplete)
        let expected = Self.records.map { StreamingLangFlow.record($0, session) }
        #expect(answer.records.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        #expect(!answer.events.contains("no event"))
    }

    @Test(
        "a replay is record by record what the live stream was, from memory and after a restart",
        .timeLimit(.minutes(1))
    )
    func restart() async throws {
        let langFlow = try await StreamingLangFlow.start(Self.records)
        let (store, url) = (try temporaryStore(), langFlow.upstream.url)
        try await withAmbassador(upstream: url, store: store, settings: StreamTests.settings) { ambassador in
            for (session, status) in [("a", "fwd=miss"), ("b-longer", "detail=memory")] {
                Self.expect(try await StreamCaller.ask("q", of: ambassador, session: session).answer(), session, status)
            }
        }
        await langFlow.upstream.shutdown()
        try await withAmbassador(upstream: url, store: store, settings: StreamTests.settings) { ambassador in
            let answer = try await StreamCaller.ask("q", of: ambassador, session: "c").answer()
            Self.expect(answer, "c", "detail=store")
        }
    }

    @Test(
        "a stream that one ambassador fetched is replayed by another, and answers plain calls there",
        .enabled(if: RedisServer.executable != nil, "redis-server is not on PATH"),
        .timeLimit(.minutes(1))
    )
    func shared() async throws {
        let redis = try await RedisServer()
        let langFlow = try await StreamingLangFlow.start(Self.records)
        let settings = """
            flows: {faq: {ttl: 1h, session: ignore, stream_reuse: true}}
            hot_cache: {redis: "unix:\(redis.socketPath)"}
            """
        let (first, second, url) = (try temporaryStore(), try temporaryStore(), langFlow.upstream.url)
        try await withAmbassador(upstream: url, store: first, settings: settings) { one in
            try await eventually { try await !one.get("/readyz").body.contains("redis") }
            try await withAmbassador(upstream: url, store: second, settings: settings) { other in
                try await eventually { try await !other.get("/readyz").body.contains("redis") }
                Self.expect(try await StreamCaller.ask("q", of: one, session: "a").answer(), "a", "fwd=miss")
                try await eventually { one.metrics.contains(#"redis_commands_total{command="set",result="ok"} 1"#) }
                let plain = try await other.post(#"{"flow_id":"faq","input":"q","session_id":"b"}"#)
                #expect(plain.cacheStatus.hasSuffix("detail=redis"))
                let end = try #require(Self.records.last).dropFirst(#"{"event": "end", "data": {"result": "#.count)
                #expect(plain.body == StreamingLangFlow.record(String(end.dropLast("}}\n\n".count)), "b"))
                let answer = try await StreamCaller.ask("q", of: other, session: "c").answer()
                Self.expect(answer, "c", "detail=memory")
            }
        }
        #expect(langFlow.upstream.requests.count == 1)
        await langFlow.upstream.shutdown()
    }

    @Test("a graceful stop lets a stream come to its end, and its record is there", .timeLimit(.minutes(1)))
    func gracefulStop() async throws {
        let gate = Latch()
        let langFlow = try await StreamingLangFlow.start(Self.records) { if $0 == 2 { await gate.wait() } }
        let store = try temporaryStore()
        let reading = try await withAmbassador(
            upstream: langFlow.upstream.url,
            store: store,
            settings: StreamTests.settings
        ) { ambassador in
            let caller = try await StreamCaller.ask("q", of: ambassador)
            await caller.waitForRecords(2)
            return Task {
                // LangFlow goes on once the stop is under way.
                try await eventually("stops listening") { await !ambassador.isListening }
                gate.open()
                return try await caller.answer()
            }
        }
        Self.expect(try await reading.value, "own", "fwd=miss")
        let outcomes = try await withAmbassador(
            upstream: langFlow.upstream.url,
            store: store,
            settings: StreamTests.settings
        ) { ambassador in
            let again = try await StreamCaller.ask("q", of: ambassador).answer()
            #expect(again.cacheStatus.hasSuffix("detail=store"))
            return try await ambassador.recordedOutcomes(2)
        }
        #expect(outcomes == ["miss", "hit:store"])
        await langFlow.upstream.shutdown()
    }

    @Test("a stream that outlasts the grace is cut and abandoned, its call recorded by itself", .timeLimit(.minutes(1)))
    func graceOver() async throws {
        let gate = Latch()
        let langFlow = try await StreamingLangFlow.start(Self.records) { if $0 == 2 { await gate.wait() } }
        let store = try temporaryStore()
        let settings = StreamTests.settings + "\nshutdown_grace: 100ms"
        let reading = try await withAmbassador(upstream: langFlow.upstream.url, store: store, settings: settings) {
            ambassador in
            let caller = try await StreamCaller.ask("q", of: ambassador)
            await caller.waitForRecords(2)
            return Task { try await caller.answer() }
        }
        let answer = try await reading.value
        #expect(!answer.isComplete && answer.records.count == 2)
        gate.open()
        try await withAmbassador(upstream: langFlow.upstream.url, store: store, settings: settings) { ambassador in
            let outcomes = try await ambassador.recordedOutcomes(1)
            #expect(outcomes == ["abandoned", "refresh"])
            #expect(ambassador.assembly.ambassador.statistics.memoryEntries == 0)
        }
        await langFlow.upstream.shutdown()
    }
}
