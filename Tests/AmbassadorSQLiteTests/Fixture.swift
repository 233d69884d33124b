import Foundation
import Logging
import NIOCore
import Synchronization

@testable import AmbassadorCore
@testable import AmbassadorSQLite

/// A wall clock that tests set.
final class SettableClock: Sendable {
    private let time: Mutex<(wall: Timestamp, passed: Duration)>

    init(_ milliseconds: Int64 = 1_790_000_000_123) {
        self.time = Mutex((Timestamp(milliseconds: milliseconds), .zero))
    }

    var now: Timestamp { self.time.withLock { $0.wall } }

    var clocks: Clocks {
        Clocks(now: { NIODeadline.now().advanced(by: self.time.withLock { $0.passed }) }, wall: { self.now })
    }

    /// Lets time pass.
    func advance(by duration: Duration) {
        self.time.withLock { $0 = ($0.wall.advanced(by: duration), $0.passed + duration) }
    }

    /// Sets the wall clock, as an operator or a time server does.
    func jump(by duration: Duration) {
        self.time.withLock { $0.wall = $0.wall.advanced(by: duration) }
    }
}

/// A folder of its own that goes with the test.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

/// An open database and what surrounds it.
struct Fixture {
    let path: String
    let database: SQLiteDatabase
    let clock: SettableClock
    let registry: MetricRegistry

    var store: SQLiteResponseStore { self.database.store }
    var auditLog: SQLiteAuditLog { self.database.auditLog }

    /// Waits until the writing thread has committed what was queued before.
    func settle() async throws {
        try await self.database.withWritingConnection { _ throws(SQLiteError) in }
    }

    /// Appends records and waits for their commit.
    func record(_ records: [AuditRecord]) async throws {
        for record in records {
            guard self.auditLog.reserve() else { throw FixtureError.queueIsFull }
            self.auditLog.record(record)
        }
        try await self.settle()
    }

    /// A connection of another program, so to speak.
    func connect() throws -> Connection {
        let connection = try Connection(path: DatabaseFile(self.path).path, access: .readWrite)
        connection.setBusyTimeout(milliseconds: 2_000)
        return connection
    }

    func count(_ table: String) throws -> Int {
        Int(try self.connect().integer("SELECT count(*) FROM \(table)") ?? -1)
    }

    func metric(_ metric: MetricName, _ result: String? = nil) -> Double? {
        self.registry.value(metric, result)
    }
}

/// Told of what was committed.
struct CommitObserver {
    let call: @Sendable ([AuditRecord]) -> Void
}

enum FixtureError: Error {
    case queueIsFull
}

extension MetricRegistry {
    func value(_ metric: MetricName, _ result: String? = nil) -> Double? {
        let family = self.snapshot.first { $0.name == metric.name }
        let sample = family?.samples.first { sample in
            result == nil || sample.labels.contains { $0.name == "result" && $0.value == result }
        }
        return switch sample?.value {
        case .counter(let counter): Double(counter.value)
        case .gauge(let read): read()
        case .histogram, nil: nil
        }
    }
}

/// Opens a database in a folder of its own and stops it afterwards.
func withDatabase(
    at path: String? = nil,
    clock: SettableClock = SettableClock(),
    onCommitted: CommitObserver? = nil,
    _ configure: (inout SQLiteConfiguration) -> Void = { _ in },
    _ body: (Fixture) async throws -> Void
) async throws {
    guard let path else {
        return try await withTemporaryFolder { folder in
            try await withDatabase(
                at: folder + "/ambassador.db",
                clock: clock,
                onCommitted: onCommitted,
                configure,
                body
            )
        }
    }
    var configuration = SQLiteConfiguration(path: path)
    configuration.nodeName = "node-1"
    configuration.busyTimeout = .milliseconds(20)
    configuration.retentionInterval = .milliseconds(20)
    configure(&configuration)
    let registry = MetricRegistry()
    let database = try SQLiteDatabase.open(
        configuration,
        metrics: registry,
        clocks: clock.clocks,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        onCommitted: onCommitted?.call
    )
    let fixture = Fixture(path: path, database: database, clock: clock, registry: registry)
    do {
        try await body(fixture)
    } catch {
        await database.stop()
        throw error
    }
    await database.stop()
}

func tenant(_ name: String) throws -> TenantID {
    guard let tenant = TenantID(name.utf8) else { throw FixtureError.queueIsFull }
    return tenant
}

func flow(_ name: String) throws -> FlowName {
    guard let flow = FlowName(name.utf8) else { throw FixtureError.queueIsFull }
    return flow
}

func makeEntry(
    tenant tenantName: String = "acme",
    target targetName: String = "faq_qa",
    number: UInt64 = 1,
    body: String = #"{"a":"b"}"#,
    text: String = "b",
    input: String? = "what?",
    storedAt: Timestamp = Timestamp(milliseconds: 1_790_000_000_000),
    lifetimeMax: Duration? = nil,
    forbidsStale: Bool = false,
    sessionOffsets: [Int] = []
) throws -> CacheEntry {
    let tenant = try tenant(tenantName)
    let target = try flow(targetName)
    return CacheEntry(
        key: CacheKey(
            scope: CacheScope(tenant: tenant, target: target),
            input: InputHash(words: (number &* 0x9E37_79B9_7F4A_7C15, number, 3, 4))
        ),
        tenant: tenant,
        target: target,
        storedAt: storedAt,
        lifetimeMax: lifetimeMax,
        forbidsStale: forbidsStale,
        answer: Answer(
            body: ByteBuffer(string: body),
            sessionOffsets: sessionOffsets,
            text: ByteBuffer(string: text)
        ),
        usage: Usage(inputTokens: 7, outputTokens: nil),
        upstreamMicroseconds: 812_345,
        input: input.map { ByteBuffer(string: $0) }
    )
}

func makeRecord(
    at time: Timestamp = Timestamp(milliseconds: 1_790_000_000_000),
    tenant tenantName: String = "acme",
    flow flowName: String? = "faq_qa",
    outcome: Outcome = .hit,
    traceID: TraceID = .random(),
    input: String? = nil
) throws -> AuditRecord {
    var record = AuditRecord(
        of: AuditSubject(.init(route: .runFlow, tenant: try tenant(tenantName))),
        time: time,
        traceID: traceID,
        outcome: outcome,
        status: 200
    )
    record.flow = try flowName.map(flow)
    record.totalMicroseconds = 1_500
    if let input {
        record.input = ByteBuffer(string: input)
        record.inputHash = InputHash(words: (UInt64(input.utf8.count), 2, 3, 4))
    }
    return record
}
