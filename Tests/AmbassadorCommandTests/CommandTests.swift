import AmbassadorCore
import ArgumentParser
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import ambassador

/// An output that keeps what is written.
final class RecordedOutput: TextOutput {
    private let texts = Mutex("")
    let isTerminal: Bool

    init(isTerminal: Bool = false) {
        self.isTerminal = isTerminal
    }

    var text: String { self.texts.withLock { $0 } }
    var width: Int? { nil }
    func write(_ text: String) throws(OutputError) { self.texts.withLock { $0 += text } }
}

/// An output that takes nothing.
struct BrokenOutput: TextOutput {
    let error: OutputError
    var width: Int? { nil }
    var isTerminal: Bool { false }
    func write(_ text: String) throws(OutputError) { throw self.error }
}

/// A store that answers with the batches it was given, and keeps what it was asked.
final class FakeSource: AuditSource, EntrySource {
    let queries = Mutex<[AuditQuery]>([])
    /// The ids behind which was looked.
    let looks = Mutex<[Int64?]>([])
    private let batches: Mutex<[OutputTable]>
    private let isCut: Bool

    init(_ batches: [OutputTable] = [], isCut: Bool = false) {
        self.batches = Mutex(batches)
        self.isCut = isCut
    }

    private func next() -> OutputTable {
        self.batches.withLock { $0.isEmpty ? OutputTable(columns: ["id"], rows: []) : $0.removeFirst() }
    }

    func records(_ query: AuditQuery, into sink: any RowSink) async throws -> Bool {
        self.queries.withLock { $0.append(query) }
        try sink.add(self.next())
        return self.isCut
    }

    func tail(_ query: AuditQuery, after id: Int64?, into sink: any RowSink) async throws -> Int64 {
        self.queries.withLock { $0.append(query) }
        self.looks.withLock { $0.append(id) }
        let table = self.next()
        if id == nil { try sink.begin(table.columns) }
        for row in table.rows { try sink.add(row) }
        guard case .integer(let last)? = table.rows.last?.first else { return id ?? 0 }
        return last
    }

    func rows(sql: String, limit: Int?, into sink: any RowSink) async throws -> Bool {
        let limit = limit.map { OutputTable.Value.integer(Int64($0)) } ?? .null
        try sink.add(OutputTable(columns: ["sql", "limit"], rows: [[.text(sql), limit]]))
        return self.isCut
    }

    func records(traceID: TraceID, into sink: any RowSink) async throws { try sink.add(self.next()) }

    func entries(flow: FlowName?, tenant: TenantID?, limit: Int?, into sink: any RowSink) async throws -> Bool {
        let asked = [flow?.description, tenant?.description, limit.map { "\($0)" }].map { $0 ?? "-" }
        try sink.add(OutputTable(columns: ["key"], rows: [[.text(asked.joined(separator: " "))]]))
        return self.isCut
    }

    func entry(key: String) async throws -> OutputTable { self.next() }
}

/// An admin API that keeps what it was asked.
final class FakeAdmin: AdminClient {
    let purges = Mutex<[PurgeRequest]>([])

    func purge(_ selection: PurgeRequest) async throws -> PurgeResult {
        self.purges.withLock { $0.append(selection) }
        var result = PurgeResult(memory: 3, redis: nil, store: 4)
        result.unjudged = self.unjudged
        result.isComplete = self.unjudged == 0
        return result
    }

    let unjudged: Int

    init(unjudged: Int = 0) {
        self.unjudged = unjudged
    }

    let decisions = Mutex<[String]>([])

    func curate(_ verb: String, _ decision: JSONValue) async throws {
        self.decisions.withLock { $0.append("\(verb) \(JSONText.line(decision))") }
    }

    func pruneAudit() async throws -> Int { 5 }

    func marks() async throws -> [JSONValue] {
        [try JSONParser.parse(ByteBuffer(string: #"{"key":"k","kind":"pin","author":"ops","reason":"r","text":"t"}"#))]
    }

    func cacheStatistics() async throws -> JSONValue {
        try JSONParser.parse(ByteBuffer(string: #"{"redis":null,"memory":{"entries":7,"bytes":1e3}}"#))
    }
}

private struct Interrupted: Error {}

@Suite struct CommandTests {
    @Test("no subcommand means serve, and its options set what they say")
    func serve() throws {
        let command = try AmbassadorCommand.parseAsRoot([
            "--upstream", "http://a", "--ttl", "1h", "--redis", "redis://r", "--store", "s", "--listen", "l", "--admin",
            "b",
        ])
        let serve = try #require(command as? ServeCommand)
        #expect(
            serve.options.flags.map(\.path) == [
                "upstream.url", "defaults.ttl", "hot_cache.redis", "store.path", "listen.address", "admin.address",
            ]
        )
        for flag in serve.options.flags { #expect(SettingsTable.top.setting(flag.path) != nil) }
    }

    @Test("every command has help with examples and its exit status")
    func help() {
        let commands: [any ParsableCommand.Type] = [
            AmbassadorCommand.self, AuditQueryCommand.self, AuditTailCommand.self, AuditShowCommand.self,
            AuditPruneCommand.self,
            CacheListCommand.self, CacheShowCommand.self, CachePurgeCommand.self, CacheStatsCommand.self,
            ConfigCheckCommand.self, ConfigShowCommand.self,
        ]
        for command in commands {
            let text = AmbassadorCommand.helpMessage(for: command)
            #expect(text.contains("EXIT STATUS") && text.contains("EXAMPLES"), "\(command)")
        }
    }

    @Test(
        "wrong usage is refused",
        arguments: [
            ["cache", "purge"], ["cache", "purge", "--all", "--flow", "a"], ["cache", "purge", "--key", ""],
            ["cache", "purge", "--flow", "a/b"],
            ["cache", "purge", "--tenant", "*"], ["cache", "list", "--limit=-1"],
            ["audit", "query", "--since", "tomorrow"], ["audit", "query", "--limit=-1"],
            ["audit", "query", "--until", "2026-02-30"], ["audit", "query", "--sql", "SELECT 1", "--flow", "a"],
            ["audit", "show", "xyz"],
            ["audit", "query", "--outcome", "good"], ["audit", "query", "--outcome", "hit,"],
            ["audit", "tail", "--outcome", "hit,good"], ["audit", "tail", "--lines", "0"],
            ["config", "show", "--format", "csv"], ["nonsense"],
        ]
    )
    func usage(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try AmbassadorCommand.parseAsRoot(arguments) }
    }

    @Test("audit query asks for what its options say")
    func auditQuery() async throws {
        let arguments = [
            "--flow", "faq", "--tenant", "acme", "--outcome", "degraded,failed", "--since", "24h", "--until",
            "2026-11-22T20:15:00.5Z", "--where", "a > 1", "--limit", "5",
        ]
        let moments = MomentReader(now: Timestamp(milliseconds: 86_400_000 * 2), zone: .gmt)
        let query = try AuditQueryCommand.parse(arguments).query(moments)
        #expect(query.flow?.description == "faq")
        #expect(query.tenant?.description == "acme")
        #expect(query.outcomes == [.degraded, .failed])
        #expect(query.since == Timestamp(milliseconds: 86_400_000))
        #expect(query.until == Timestamp(milliseconds: 1_795_378_500_500))
        #expect(query.condition == "a > 1")
        #expect(query.limit == 5)
    }

    @Test("audit query --sql passes the statement on, and a limit of 0 is none")
    func auditSQL() async throws {
        for (arguments, limit) in [([], "100"), (["--limit", "0"], "")] {
            let output = RecordedOutput()
            try await self.query(["--sql", "SELECT 1", "--format", "csv"] + arguments, FakeSource(), output)
            #expect(output.text == "sql,limit\r\nSELECT 1,\(limit)\r\n")
        }
    }

    @Test("a result that is cut says so beside it; one that is whole says nothing", arguments: [false, true])
    func cut(_ isCut: Bool) async throws {
        for (arguments, said) in [
            ([], "showing the newest 100 records; --limit 0 for all\n"),
            (["--sql", "SELECT 1", "--limit", "7"], "showing the first 7 rows; --limit 0 for all\n"),
        ] {
            let notes = RecordedOutput()
            try await self.query(arguments, FakeSource(isCut: isCut), RecordedOutput(), notes)
            #expect(notes.text == (isCut ? said : ""))
        }
        let notes = RecordedOutput()
        let output = RecordedOutput()
        try await CacheListCommand.parse(["--format", "csv"])
            .execute(FakeSource(isCut: isCut), to: output, notesTo: notes)
        #expect(notes.text == (isCut ? "showing the newest 100 answers; --limit 0 for all\n" : ""))
        #expect(output.text == "key\r\n'- - 100\r\n")
    }

    /// Runs `audit query` at 08:00 UTC.
    private func query(
        _ arguments: [String],
        _ source: FakeSource,
        _ output: RecordedOutput,
        _ notes: RecordedOutput = RecordedOutput()
    ) async throws {
        let moments = MomentReader(now: Timestamp(milliseconds: 28_800_000), zone: .gmt)
        try await AuditQueryCommand.parse(arguments).execute(source, moments, to: output, notesTo: notes)
    }

    @Test("tables say above them which time was asked for; other formats are rows alone")
    func heading() async throws {
        let table = OutputTable(columns: ["id"], rows: [[.integer(1)]])
        for (format, text) in [
            ("table", "since 1970-01-01 07:30 +00:00, until 1970-01-01 07:45 +00:00\nID\n 1\n"), ("csv", "id\r\n1\r\n"),
        ] {
            let output = RecordedOutput()
            let arguments = ["--since", "30m", "--until", "07:45", "--format", format]
            try await self.query(arguments, FakeSource([table]), output)
            #expect(output.text == text)
        }
    }

    @Test("audit tail --follow goes on behind the last id, without a second header")
    func auditTail() async throws {
        let first = OutputTable(columns: ["id", "flow"], rows: [[.integer(7), .text("a")]])
        let second = OutputTable(columns: ["id", "flow"], rows: [[.integer(9), .text("b")]])
        let source = FakeSource([first, OutputTable(columns: ["id", "flow"], rows: []), second])
        let output = RecordedOutput()
        var looks = 0
        await #expect(throws: Interrupted.self) {
            try await AuditTailCommand.parse(["-f", "--format", "csv"]).execute(source, to: output) {
                looks += 1
                if looks == 4 { throw Interrupted() }
            }
        }
        #expect(output.text == "id,flow\r\n7,a\r\n9,b\r\n")
        #expect(source.looks.withLock { $0 } == [nil, 7, 7, 9])
        #expect(source.queries.withLock { $0.first?.limit } == 10)
    }

    @Test("show says so where there is nothing to show")
    func nothingToShow() async throws {
        let trace = String(repeating: "a", count: 32)
        await #expect(throws: CommandFailure.self) {
            try await AuditShowCommand.parse([trace]).execute(FakeSource(), to: RecordedOutput())
        }
        await #expect(throws: CommandFailure.self) {
            try await CacheShowCommand.parse(["k"]).execute(FakeSource(), to: RecordedOutput())
        }
    }

    @Test("show writes a line a column")
    func show() async throws {
        let output = RecordedOutput()
        let source = FakeSource([OutputTable(columns: ["key", "input"], rows: [[.text("k"), .text("hi")]])])
        try await CacheShowCommand.parse(["k"]).execute(source, to: output)
        #expect(output.text == "NAME   VALUE\nkey    k\ninput  hi\n")
    }

    @Test("cache purge sends its filter and shows the counts")
    func purge() async throws {
        let admin = FakeAdmin()
        let output = RecordedOutput()
        try await CachePurgeCommand.parse(["--flow", "faq", "--tenant", "acme", "--format", "json"]).execute(
            admin,
            to: output
        )
        let request = try #require(admin.purges.withLock { $0.first })
        #expect(JSONText.line(request.json) == #"{"flow":"faq","tenant":"acme"}"#)
        #expect(JSONText.line(PurgeRequest(all: true).json) == #"{"all":true}"#)
        #expect(output.text.contains("\"redis\": null"))
    }

    @Test("pins, tombstones and what was decided")
    func curation() async throws {
        let key = String(repeating: "0", count: 32) + "-" + String(repeating: "0", count: 64)
        let admin = FakeAdmin()
        try await CachePinCommand.parse([key, "--reason", "r", "--text", "t"]).execute(admin)
        try await CacheTombstoneCommand.parse([key, "--reason", "r"]).execute(admin)
        try await CacheUnpinCommand.parse([key, "--reason", "r"]).execute(admin)
        #expect(
            admin.decisions.withLock { $0 } == [
                #"pin {"key":"\#(key)","reason":"r","text":"t"}"#, #"tombstone {"key":"\#(key)","reason":"r"}"#,
                #"unpin {"key":"\#(key)","reason":"r"}"#,
            ]
        )
        for arguments in [
            ["k", "--reason", "r"], [key], [key, "--reason", ""], [key, "--reason", "r", "--text", ""],
        ] {
            #expect(throws: (any Error).self) { try CachePinCommand.parse(arguments) }
        }
        let output = RecordedOutput()
        try await CacheMarksCommand.parse(["--format", "csv"]).execute(admin, to: output)
        #expect(output.text == "key,kind,time,author,reason,text\r\nk,pin,,ops,r,t\r\n")
    }

    @Test("cache purge takes filters in any combination, and one that is not complete is a failure")
    func purgeFilters() async throws {
        let admin = FakeAdmin()
        let arguments = ["--target", "abc", "--older-than", "1h30m", "--text", "jane@example.com"]
        try await CachePurgeCommand.parse(arguments).execute(admin, to: RecordedOutput())
        let request = try #require(admin.purges.withLock { $0.first })
        let expected = #"{"target":"abc","older_than_seconds":5400,"text":"jane@example.com"}"#
        #expect(JSONText.line(request.json) == expected)
        for bad in [["--older-than", "5"], ["--older-than", "1ms"], ["--text", ""], ["--all", "--text", "a"]] {
            #expect(throws: (any Error).self) { try CachePurgeCommand.parse(bad) }
        }
        let answer = #"{"complete":false,"memory":1,"redis":null,"store":2,"replicas":"pending"}"#
        let result = try #require(PurgeResult(try JSONParser.parse(ByteBuffer(string: answer))))
        #expect(!result.isComplete && result.replicas == "pending")
        #expect(result.unjudged == 0)
    }

    @Test("a purge that could not look into all answers says how many, what to do, and fails") func unjudged()
        async throws
    {
        let output = RecordedOutput()
        let error = await #expect(throws: CommandFailure.self) {
            try await CachePurgeCommand.parse(["--text", "jane"]).execute(FakeAdmin(unjudged: 7), to: output)
        }
        #expect(output.text.contains("UNJUDGED"))
        #expect(error.map { "\($0)" }?.contains("7 stored answers may be to inputs with this text") == true)
        #expect(error.map { "\($0)" }?.contains("--flow") == true)
    }

    @Test("cache stats are names and values for people, the object for programs, both in the order of the answer")
    func stats() async throws {
        let table = RecordedOutput()
        try await CacheStatsCommand.parse([]).execute(FakeAdmin(), to: table)
        let lines = [
            "NAME             VALUE", "redis                -", "memory.entries       7", "memory.bytes    1000.0",
        ]
        #expect(table.text == lines.joined(separator: "\n") + "\n")
        let json = RecordedOutput()
        try await CacheStatsCommand.parse(["--format", "json"]).execute(FakeAdmin(), to: json)
        #expect(
            json.text == """
                {
                  "redis": null,
                  "memory": {
                    "entries": 7,
                    "bytes": 1e3
                  }
                }

                """
        )
    }

    @Test(
        "a purge's answer is an object of counts and nulls, or none",
        arguments: [
            (#"{"memory":1,"redis":null,"store":3,"more":[]}"#, PurgeResult(memory: 1, redis: nil, store: 3)),
            ("{}", PurgeResult(memory: nil, redis: nil, store: nil)), (#"{"memory":"1"}"#, nil),
            (#"{"store":-1}"#, nil), ("[1]", nil), ("null", nil),
        ] as [(String, PurgeResult?)]
    )
    func purgeResult(_ answer: String, _ expected: PurgeResult?) throws {
        #expect(PurgeResult(try JSONParser.parse(ByteBuffer(string: answer))) == expected)
    }

    @Test("tables of audit records show the main columns, json and csv all of them")
    func auditColumns() async throws {
        let table = OutputTable(columns: ["id", "principal", "flow"], rows: [[.integer(7), .text("p"), .text("a")]])
        for (format, isWhole) in [("table", false), ("json", true), ("csv", true)] {
            let output = RecordedOutput()
            try await self.query(["--format", format], FakeSource([table]), output)
            try await AuditTailCommand.parse(["--format", format]).execute(FakeSource([table]), to: output) {}
            #expect(output.text.lowercased().contains("principal") == isWhole, "\(output.text)")
        }
        let shown = RecordedOutput()
        let trace = String(repeating: "a", count: 32)
        try await AuditShowCommand.parse([trace]).execute(FakeSource([table]), to: shown)
        #expect(shown.text.contains("principal"))
    }
}
