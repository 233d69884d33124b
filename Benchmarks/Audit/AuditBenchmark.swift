// How fast the audit writer is by itself: `make benchmark-audit`, or the binary with [RECORDS | --seconds SECONDS] [FOLDER].
//
// Records of hits, as the data plane makes them, are appended as fast as the writer takes them, so many or for so long; no request
// is waited for. Then the log is asked what `audit query --flow faq_qa --since 1h` asks.

import AmbassadorCore
import AmbassadorSQLite
import Foundation
import Logging
import NIOCore

@main struct AuditBenchmark {
    static func main() async throws {
        let (amount, folderPath) = try Self.parse(CommandLine.arguments.dropFirst())
        let folder = URL(fileURLWithPath: folderPath ?? NSTemporaryDirectory())
            .appendingPathComponent("audit-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = SQLiteConfiguration(path: folder.appendingPathComponent("audit.db").path)
        configuration.auditBodies = .none
        let records = try (0..<1_000).map(Self.record)

        let database = try SQLiteDatabase.open(
            configuration,
            metrics: MetricRegistry(),
            clocks: .system,
            logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let began = ContinuousClock.now
        let cpuBefore = Self.microseconds(CLOCK_PROCESS_CPUTIME_ID)
        let (count, fed) = Self.feed(amount, records, to: database.auditLog)
        await database.stop()
        let seconds = Double((ContinuousClock.now - began).milliseconds) / 1000
        let cpu = Self.microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpuBefore - fed
        let bytes = try FileManager.default.attributesOfItem(atPath: configuration.path)[.size] as? Int ?? 0

        print("\(count) records in \(seconds) s: \(Int(Double(count) / seconds)) records/s")
        print(
            "CPU of the writing thread: \(Double(cpu * 100 / count) / 100) us a record; file: \(bytes / count) bytes a record"
        )
        try Self.query(configuration.path)
    }

    /// How much is written.
    private enum Amount {
        case records(Int)
        case seconds(Int)
    }

    private struct Usage: Error, CustomStringConvertible {
        let description = "usage: audit-benchmark [RECORDS | --seconds SECONDS] [FOLDER]"
    }

    private static func parse(_ arguments: ArraySlice<String>) throws -> (Amount, folder: String?) {
        var arguments = arguments
        var amount = Amount.records(1_000_000)
        if arguments.first == "--seconds" {
            arguments.removeFirst()
            guard let seconds = arguments.popFirst().flatMap({ Int($0) }), seconds > 0 else { throw Usage() }
            amount = .seconds(seconds)
        } else if let count = arguments.first.flatMap({ Int($0) }) {
            guard count > 0 else { throw Usage() }
            arguments.removeFirst()
            amount = .records(count)
        }
        guard arguments.count <= 1 else { throw Usage() }
        return (amount, arguments.first)
    }

    private static func record(_ number: Int) throws -> AuditRecord {
        guard let flow = FlowName(number % 10 == 0 ? "faq_qa" : "flow_\(number % 10)") else { throw NoSuchName() }
        return AuditRecord(
            of: AuditSubject(
                .init(
                    route: .runFlow,
                    tenant: .default,
                    principal: "anonymous",
                    flow: flow,
                    target: flow,
                    inputHash: InputHash(words: (UInt64(number), 1, 2, 3)),
                    clientAddress: "127.0.0.1"
                )
            ),
            time: Clocks.system.wall(),
            traceID: .random(),
            outcome: .hit,
            status: 200,
            detail: .memory,
            totalMicroseconds: Int64(300 + number),
            requestBytes: 104,
            responseBytes: 1_391,
            ageSeconds: 20
        )
    }

    private struct NoSuchName: Error {}

    /// - Returns: how many were appended, and the CPU time of the thread that did, in microseconds.
    private static func feed(
        _ amount: Amount,
        _ records: [AuditRecord],
        to log: SQLiteAuditLog
    ) -> (count: Int, cpu: Int) {
        let before = Self.microseconds(CLOCK_THREAD_CPUTIME_ID)
        let began = ContinuousClock.now
        var count = 0
        while true {
            switch amount {
            case .records(let wanted) where count == wanted:
                return (count, Self.microseconds(CLOCK_THREAD_CPUTIME_ID) - before)
            case .seconds where count % 1_024 == 0 && isOver():
                return (count, Self.microseconds(CLOCK_THREAD_CPUTIME_ID) - before)
            case .records, .seconds:
                break
            }
            while !log.reserve() { usleep(500) }
            var record = records[count % records.count]
            record.time = Clocks.system.wall()
            record.traceID = .random()
            log.record(record)
            count += 1
        }

        func isOver() -> Bool {
            guard case .seconds(let seconds) = amount else { return false }
            return began.duration(to: .now) >= .seconds(seconds)
        }
    }

    private static func query(_ path: String) throws {
        let reader = try AuditReader(path: path)
        var filter = AuditFilter()
        filter.flow = FlowName("faq_qa")
        filter.since = Clocks.system.wall().advanced(by: .seconds(-3600))
        for limit in [100, 10_000] {
            filter.limit = limit
            var rows = 0
            let began = ContinuousClock.now
            try reader.query(filter) { _ in
                rows += 1
                return true
            }
            print("the newest \(rows) records of a flow and an hour: \((ContinuousClock.now - began).milliseconds) ms")
        }
    }

    private static func microseconds(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }
}
