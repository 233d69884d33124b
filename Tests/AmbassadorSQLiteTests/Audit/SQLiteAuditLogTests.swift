import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorSQLite

@Suite struct SQLiteAuditLogTests {
    @Test("every field of a record is in the view") func everyField() async throws {
        try await withDatabase {
            $0.auditBodies = .both
        } _: { fixture in
            let trace = try #require(TraceID(high: 0x0000_0000_0000_00AB, low: 0xFFFF_FFFF_FFFF_FFFE))
            var record = AuditRecord(
                of: AuditSubject(.init(route: .langFlowRun, tenant: try tenant("acme"))),
                time: Timestamp(milliseconds: 1_790_000_000_007),
                traceID: trace,
                outcome: .degraded,
                status: 200
            )
            record.principal = "key:Zoë 你好"
            record.flow = try flow("faq_qa")
            record.target = try flow("0b1e1f52-6c52-4a3f-8f0e-b3a6f0f3a001")
            record.inputHash = InputHash(words: (1, 2, 3, .max))
            record.detail = .stale
            record.errorKind = .upstreamTimeout
            record.errorDetail = .credential(.expired, issuer: "https://idp.example")
            record.totalMicroseconds = 1_234_567
            record.upstreamMicroseconds = 1_000_001
            record.attempts = 2
            record.requestBytes = 123
            record.responseBytes = 4_567
            record.usage = Usage(inputTokens: 11, outputTokens: 22)
            record.costNanos = 2_500_000_000
            record.savedNanos = 125_000_000
            record.ageSeconds = 3_600
            record.clientAddress = "2001:db8::1"
            record.input = ByteBuffer(string: "多久？ 👩‍👩‍👧‍👦 a\0b")
            record.answer = Answer(
                body: ByteBuffer(string: "{}"),
                sessionOffsets: [],
                text: ByteBuffer(string: "three days")
            )
            try await fixture.record([record])

            let reader = try AuditReader(path: fixture.path)
            let row = try #require(try reader.record(id: 1))
            let found = Dictionary(uniqueKeysWithValues: zip(try reader.columns(), row))
            let expected: [String: SQLiteValue] = [
                "id": .integer(1), "time": .text("2026-09-21T14:13:20.007Z"), "time_ms": .integer(1_790_000_000_007),
                "trace_id": .text("00000000000000abfffffffffffffffe"), "node": .text("node-1"),
                "route": .text("langflow-run"), "tenant": .text("acme"), "principal": .text("key:Zoë 你好"),
                "flow": .text("faq_qa"), "target": .text("0b1e1f52-6c52-4a3f-8f0e-b3a6f0f3a001"),
                "outcome": .text("degraded"), "detail": .text("stale"), "status": .integer(200),
                "error": .text("upstream_timeout"), "error_detail": .text("expired"),
                "issuer": .text("https://idp.example"), "count": .integer(1), "latency_ms": .real(1_234.567),
                "upstream_ms": .real(1_000.001),
                "attempts": .integer(2), "request_bytes": .integer(123), "response_bytes": .integer(4_567),
                "input_tokens": .integer(11), "output_tokens": .integer(22), "cost": .real(2.5), "saved": .real(0.125),
                "age_s": .integer(3_600), "client_address": .text("2001:db8::1"),
                "input_hash": .text(try #require(record.inputHash).description),
                "input": .text("多久？ 👩‍👩‍👧‍👦 a\0b"), "answer": .text("three days"),
            ]
            #expect(found == expected)
            #expect(record.time.iso8601 == "2026-09-21T14:13:20.007Z")
        }
    }

    @Test("a record of which little is known has nulls") func sparse() async throws {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord(flow: nil, outcome: .refused)])
            let reader = try AuditReader(path: fixture.path)
            let found = Dictionary(
                uniqueKeysWithValues: zip(try reader.columns(), try #require(try reader.record(id: 1)))
            )
            for column in [
                "principal", "flow", "target", "detail", "error", "error_detail", "issuer", "age_s", "client_address",
                "input_hash", "input",
            ] {
                #expect(found[column] == .null, "\(column)")
            }
            #expect(found["outcome"] == .text("refused"))
        }
    }

    @Test("every word of the product has its own number in the file") func words() async throws {
        var expected: [Int64: String] = [:]
        for outcome in Outcome.allCases { expected[AuditCode.code(of: outcome)] = outcome.rawValue }
        for detail in OutcomeDetail.allCases { expected[AuditCode.code(of: detail)] = detail.rawValue }
        for kind in Refusal.Kind.allCases { expected[AuditCode.code(of: kind)] = kind.rawValue }
        for route in Route.Name.allCases { expected[AuditCode.code(of: route)] = route.rawValue }
        try await withDatabase { fixture in
            let rows = try fixture.connect().prepare("SELECT code, word FROM audit_words")
            var found: [Int64: String] = [:]
            while try rows.step() { found[rows.integer(at: 0)] = rows.text(at: 1) }
            #expect(found == expected)
        }
    }

    @Test(
        "texts are kept as the operator set it",
        arguments: [(AuditBodies.none, false, false), (.input, true, false), (.both, true, true)]
    ) func bodies(_ bodies: AuditBodies, keepsInput: Bool, keepsAnswer: Bool) async throws {
        try await withDatabase {
            $0.auditBodies = bodies
        } _: { fixture in
            var record = try makeRecord(input: "what?")
            record.answer = Answer(body: ByteBuffer(string: "{}"), sessionOffsets: [], text: ByteBuffer(string: "that"))
            try await fixture.record([record])
            let reader = try AuditReader(path: fixture.path)
            let found = Dictionary(
                uniqueKeysWithValues: zip(try reader.columns(), try #require(try reader.record(id: 1)))
            )
            #expect(found["input"] == (keepsInput ? .text("what?") : .null))
            #expect(found["answer"] == (keepsAnswer ? .text("that") : .null))
            #expect(found["input_hash"] == .text(try #require(record.inputHash).description))
        }
    }

    @Test("a text that recurs is kept once, and two spellings of one hash are kept apart") func texts() async throws {
        try await withDatabase { fixture in
            var other = try makeRecord(input: "WHAT?")
            other.inputHash = try makeRecord(input: "what?").inputHash
            try await fixture.record(
                [try makeRecord(input: "what?"), other] + (0..<50).map { _ in try makeRecord(input: "what?") }
            )
            #expect(try fixture.count("audit_inputs") == 2)
            let reader = try AuditReader(path: fixture.path)
            let column = try #require(try reader.columns().firstIndex(of: "input"))
            #expect(try reader.record(id: 1)?[column] == .text("what?"))
            #expect(try reader.record(id: 2)?[column] == .text("WHAT?"))
            #expect(try reader.record(id: 52)?[column] == .text("what?"))
        }
    }

    @Test("the queue takes as many as its capacity and no more", arguments: [1, 3, 100]) func capacity(
        count: Int
    ) async throws {
        try await withDatabase {
            $0.auditQueueCapacity = count
            $0.auditPatience = .milliseconds(20)
        } _: { fixture in
            for _ in 0..<count { #expect(fixture.auditLog.reserve()) }
            #expect(!fixture.auditLog.reserve())
            #expect(fixture.metric(.auditQueued) == Double(count))
            #expect(await fixture.auditLog.reserveWaiting() == false)
            async let waiting = fixture.auditLog.reserveWaiting()
            fixture.auditLog.record(try makeRecord())
            let isGranted = await waiting
            // The place may have been free only after the wait was over; then it is free now.
            if !isGranted { try await eventually { fixture.auditLog.reserve() } }
            #expect(!fixture.auditLog.reserve())
        }
    }

    @Test("a request that waits for a place gets the one that a commit frees") func waiting() async throws {
        try await withDatabase {
            $0.auditQueueCapacity = 1
            $0.auditPatience = .seconds(600)
        } _: { fixture in
            #expect(fixture.auditLog.reserve())
            let waiting = Task { await fixture.auditLog.reserveWaiting() }
            fixture.auditLog.record(try makeRecord())
            #expect(await waiting.value)
            #expect(!fixture.auditLog.reserve())
            let abandoned = Task { await fixture.auditLog.reserveWaiting() }
            abandoned.cancel()
            #expect(await abandoned.value == false)
        }
    }

    @Test("a strict record is on disk when the call returns", arguments: [AuditDurability.strict, .batched])
    func strict(durability: AuditDurability) async throws {
        try await withDatabase {
            $0.auditDurability = durability
        } _: { fixture in
            #expect(fixture.auditLog.durability == durability)
            let connection = try fixture.connect()
            for number in 1...20 {
                #expect(fixture.auditLog.reserve())
                #expect(await fixture.auditLog.recordCommitted(try makeRecord()))
                #expect(try connection.integer("SELECT count(*) FROM audit_records") == Int64(number))
            }
            #expect(fixture.auditLog.queued == 0)
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                let synchronous = try connection.integer("PRAGMA synchronous")
                #expect(synchronous == (durability == .strict ? 2 : 1))
            }
        }
    }

    @Test("many at once are committed in groups, each exactly once, and a stop loses none") func groups() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            let told = Mutex(0)
            try await withDatabase(
                at: path,
                onCommitted: CommitObserver { records in told.withLock { $0 += records.count } }
            ) {
                fixture in
                await withTaskGroup(of: Void.self) { group in
                    for task in 0..<8 {
                        group.addTask {
                            for number in 0..<500 {
                                guard fixture.auditLog.reserve(), let record = try? makeRecord() else {
                                    Issue.record("no place")
                                    return
                                }
                                if task == 0, number % 50 == 0 {
                                    #expect(await fixture.auditLog.recordCommitted(record))
                                } else {
                                    fixture.auditLog.record(record)
                                }
                            }
                        }
                    }
                }
            }
            let reader = try AuditReader(path: path)
            #expect(try reader.lastID() == 4_000)
            var traces = Set<String>()
            try reader.query(sql: "SELECT trace_id FROM audit", columns: { _ in }) { row in
                if case .text(let trace) = row[0] { traces.insert(trace) }
                return true
            }
            #expect(traces.count == 4_000)
            #expect(told.withLock { $0 } == 4_000)
        }
    }

    @Test("while another process holds the lock nothing is lost: strict is told, batched waits") func locked()
        async throws
    {
        try await withDatabase { fixture in
            try await fixture.record([try makeRecord()])
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            #expect(fixture.auditLog.reserve())
            #expect(await fixture.auditLog.recordCommitted(try makeRecord()) == false)
            #expect(!fixture.database.isWritable)
            #expect(fixture.metric(.auditRecords, "failed") == 1)
            for _ in 0..<3 {
                #expect(fixture.auditLog.reserve())
                fixture.auditLog.record(try makeRecord())
            }
            fixture.store.insert(try makeEntry(), lifetime: .seconds(60))
            #expect(await fixture.store.remove(.all) == nil)
            #expect(fixture.auditLog.queued == 3)
            try intruder.execute("ROLLBACK")
            try await eventually { fixture.auditLog.queued == 0 }
            #expect(fixture.database.isWritable)
            #expect(try fixture.count("audit_records") == 4)
            #expect(fixture.metric(.auditRecords, "committed") == 4)
        }
    }

    @Test("on a full disk records are kept and the queue fills up; all are written once there is room") func diskFull()
        async throws
    {
        try await withDatabase {
            $0.auditQueueCapacity = 200
        } _: { fixture in
            let entry = try makeEntry(number: 7)
            fixture.store.insert(entry, lifetime: .seconds(60_000))
            try await fixture.settle()
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                let pages = try connection.integer("PRAGMA page_count") ?? 0
                try connection.execute("PRAGMA max_page_count = \(pages)")
            }
            let text = String(repeating: "long ", count: 2_000)
            var accepted = 0
            while fixture.auditLog.reserve() {
                fixture.auditLog.record(try makeRecord(input: text + "\(accepted)"))
                accepted += 1
            }
            try await eventually { !fixture.database.isWritable }
            #expect(accepted == 200)
            fixture.store.insert(try makeEntry(number: 8), lifetime: .seconds(60_000))
            #expect(await fixture.store.entry(for: entry.key) != nil)
            try await eventually { fixture.metric(.storeWrites, "error") == 1 }
            #expect(!fixture.auditLog.reserve())
            try await fixture.database.withWritingConnection { connection throws(SQLiteError) in
                try connection.execute("PRAGMA max_page_count = 100000")
            }
            try await eventually { fixture.auditLog.queued == 0 }
            #expect(fixture.database.isWritable)
            #expect(try fixture.count("audit_records") == 200)
            let ids = try fixture.connect().integer("SELECT max(id) - min(id) + 1 FROM audit_records")
            #expect(ids == 200)
        }
    }

    @Test("readiness comes back by itself, with nothing to write") func probe() async throws {
        try await withDatabase { fixture in
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            #expect(await fixture.store.remove(.all) == nil)
            try await eventually { !fixture.database.isWritable }
            try intruder.execute("ROLLBACK")
            try await eventually { fixture.database.isWritable }
        }
    }

    @Test("a stop while writing fails ends after its patience and counts what is lost") func stopWhileFailing()
        async throws
    {
        try await withDatabase {
            $0.stopPatience = .milliseconds(50)
        } _: { fixture in
            let intruder = try fixture.connect()
            try intruder.execute("BEGIN IMMEDIATE")
            #expect(fixture.auditLog.reserve())
            fixture.auditLog.record(try makeRecord())
            await fixture.database.stop()
            #expect(fixture.metric(.auditRecords, "failed") == 1)
        }
    }
}
