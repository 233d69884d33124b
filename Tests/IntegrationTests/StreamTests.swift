import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ambassador

/// The promises of streaming, kept by a whole ambassador over real sockets.
@Suite(.serialized) struct StreamTests {
    static let settings = "flows: {faq: {ttl: 1h, session: ignore}}"
    private static let records = RecordedStream.llm

    private static func records(for session: String) -> [String] {
        Self.records.map { StreamingLangFlow.record($0, session) }
    }

    /// Where LangFlow's answer is cut, in bytes from its beginning: behind each record and within it.
    private static func cuts(sessionBytes: Int) -> [Int] {
        var position = 0
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        position += head.utf8.count + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n".utf8.count
        return Self.records.flatMap { record in
            let length = StreamingLangFlow.record(record, String(repeating: "x", count: sessionBytes)).utf8.count
            let framed = String(length, radix: 16).utf8.count + 2 + length
            defer { position += framed + 2 }
            return [position + framed / 2, position + framed - 1, position + framed + 2]
        }
    }

    @Test("LangFlow cut anywhere: nothing is shown as whole or kept; then a miss, then a hit", .timeLimit(.minutes(4)))
    func cut() async throws {
        let langFlow = try await StreamingLangFlow.start()
        let fault = Mutex(FaultProxy.Fault.none)
        let proxy = try await FaultProxy.start(
            before: langFlow.upstream.port,
            on: MultiThreadedEventLoopGroup.singleton
        ) { _ in
            fault.withLock { fault in
                defer { fault = .none }
                return fault
            }
        }
        let store = try temporaryStore()
        // A probe of LangFlow's health would come by the connection that is to be cut.
        let upstream = "http://127.0.0.1:\(proxy.port)"
        try await withAmbassador(
            upstream: upstream,
            upstreamSettings: ", health_path: null",
            store: store,
            settings: Self.settings
        ) { ambassador in
            _ = try await StreamCaller.ask("the first", of: ambassador).answer()
            let sent = ScriptedUpstream.members(of: ByteBuffer(bytes: langFlow.upstream.requests[0].body))
            let cuts = Self.cuts(sessionBytes: sent["session_id"]?.utf8.count ?? 0)
            for (number, cut) in cuts.enumerated() {
                for (kind, next) in [("c", FaultProxy.Fault.cut(afterBytes: cut)), ("r", .reset(afterBytes: cut))] {
                    fault.withLock { $0 = next }
                    let question = "question \(number)\(kind)"
                    let answer = try await StreamCaller.ask(question, of: ambassador).answer()
                    if number == cuts.count - 1 {
                        // Behind the `end` event: only the framing's own end is missing. All is passed on, and nothing is kept.
                        #expect(answer.isComplete && answer.records == Self.records(for: "own"))
                    } else {
                        try Self.checkCut(answer, at: cut)
                    }
                    // Two good calls for each bad one, or the breaker would answer.
                    _ = try await StreamCaller.ask("beside \(question)", of: ambassador).answer()
                    for status in ["; fwd=miss", "; detail=memory"] {
                        let whole = try await StreamCaller.ask(question, of: ambassador).answer()
                        #expect(whole.cacheStatus.hasSuffix(status))
                        #expect(whole.isComplete && whole.records == Self.records(for: "own"))
                    }
                }
            }
            #expect(ambassador.assembly.ambassador.statistics.memoryEntries == 1 + 4 * cuts.count)
            let outcomes = try await ambassador.recordedOutcomes(1 + 8 * cuts.count)
            #expect(outcomes.count { $0 == "failed" } == 2 * (cuts.count - 1))
            #expect(outcomes.count { $0 == "miss" } == 1 + 4 * cuts.count + 2)
            #expect(outcomes.count { $0 == "hit:memory" } == 2 * cuts.count)
        }
        await proxy.shutdown()
        await langFlow.upstream.shutdown()
    }

    private static func checkCut(_ answer: StreamedAnswer, at cut: Int) throws {
        guard answer.status == 200 else {
            // Before its first record: the failure is an answer of its own.
            #expect([502, 503].contains(answer.status), "cut at \(cut)")
            return
        }
        #expect(!answer.isComplete, "cut at \(cut)")
        #expect(answer.events.last == "error" && !answer.events.contains("end"), "cut at \(cut)")
        let whole = Self.records(for: "own")
        #expect(answer.records.dropLast().elementsEqual(whole.prefix(answer.records.count - 1)), "cut at \(cut)")
    }

    @Test(
        "a hundred callers of one stream, half of whom come in the middle and some of whom leave",
        .timeLimit(.minutes(2))
    )
    func crowd() async throws {
        let (middle, rest) = (Latch(), Latch())
        let langFlow = try await StreamingLangFlow.start { number in
            if number == 1 { await middle.wait() }
            if number == 3 { await rest.wait() }
        }
        let store = try temporaryStore()
        try await withAmbassador(upstream: langFlow.upstream.url, store: store, settings: Self.settings) {
            ambassador in
            var callers: [StreamCaller] = []
            for number in 0..<50 {
                callers.append(try await StreamCaller.ask("q", of: ambassador, session: "caller-\(number)"))
            }
            for caller in callers { await caller.waitForRecords(1) }
            middle.open()
            for number in 50..<100 {
                callers.append(try await StreamCaller.ask("q", of: ambassador, session: "caller-\(number)"))
            }
            for caller in callers { await caller.waitForRecords(3) }
            // Of those of the beginning, the one that LangFlow was called for among them, and of those of the middle.
            let leaving = Array(0..<10) + Array(50..<60)
            for number in leaving { try await callers[number].connection.reset() }
            _ = try await ambassador.recordedOutcomes(leaving.count)
            rest.open()
            for (number, caller) in callers.enumerated() where !leaving.contains(number) {
                let answer = try await caller.answer()
                #expect(answer.isComplete)
                #expect(answer.records == Self.records(for: "caller-\(number)"))
            }
            let hit = try await StreamCaller.ask("q", of: ambassador).answer()
            #expect(hit.cacheStatus.contains("hit"))
            #expect(hit.isComplete && hit.records == Self.records(for: "own"))
            let outcomes = try await ambassador.recordedOutcomes(101)
            #expect(outcomes.count { $0 == "abandoned" } == 20)
            #expect(outcomes.count { $0 == "collapsed" } == 80)
        }
        #expect(langFlow.upstream.requests.count == 1)
        await langFlow.upstream.shutdown()
    }

    @Test("a hundred callers who ask at once are one run", .timeLimit(.minutes(2)))
    func atOnce() async throws {
        let langFlow = try await StreamingLangFlow.start()
        let store = try temporaryStore()
        try await withAmbassador(upstream: langFlow.upstream.url, store: store, settings: Self.settings) {
            ambassador in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let caller = try await StreamCaller.ask("q", of: ambassador, session: "caller-\(number)")
                        let answer = try await caller.answer()
                        #expect(answer.isComplete)
                        #expect(answer.records == Self.records(for: "caller-\(number)"))
                    }
                }
                try await group.waitForAll()
            }
            let outcomes = try await ambassador.recordedOutcomes(100)
            #expect(outcomes.count { $0 == "miss" } == 1)
        }
        #expect(langFlow.upstream.requests.count == 1)
        await langFlow.upstream.shutdown()
    }
}

extension RunningAmbassador {
    /// Whether a connection can be had.
    var isListening: Bool {
        get async {
            guard let address = self.assembly.dataAddress,
                let connection = try? await RawConnection.open(
                    to: address,
                    group: MultiThreadedEventLoopGroup.singleton
                )
            else { return false }
            await connection.close()
            return true
        }
    }

    /// The outcomes of the audit log once so many are committed.
    func recordedOutcomes(_ count: Int) async throws -> [String] {
        var outcomes: [String] = []
        try await eventually("\(count) records") {
            outcomes = try await self.outcomes()
            return outcomes.count >= count
        }
        return outcomes
    }
}
