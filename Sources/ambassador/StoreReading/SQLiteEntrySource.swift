import AmbassadorCore
import AmbassadorSQLite
import NIOCore

/// The stored answers of a SQLite file.
///
/// A reader is opened for each question and belongs to it.
struct SQLiteEntrySource: EntrySource {
    let path: String

    private static let columns = [
        "key", "tenant", "target", "stored", "expires", "body_bytes", "upstream_ms", "input",
    ]

    func entries(flow: FlowName?, tenant: TenantID?, limit: Int?, into sink: any RowSink) async throws -> Bool {
        let reader = try EntryReader(path: self.path)
        var filter = EntryReader.Filter()
        filter.target = try flow.map { flow throws(SQLiteError) in try reader.target(calledBy: flow) ?? flow }
        filter.tenant = tenant
        filter.limit = limit.map { $0 + 1 }
        try sink.begin(Self.columns)
        var left = limit ?? .max
        var isCut = false
        var failure: OutputError?
        try reader.list(filter) { entry in
            isCut = left == 0
            guard !isCut else { return false }
            left -= 1
            do throws(OutputError) {
                try sink.add(Self.row(entry))
            } catch {
                failure = error
            }
            return failure == nil
        }
        if let failure { throw failure }
        return isCut
    }

    private static func row(_ entry: EntryReader.Summary) -> [OutputTable.Value] {
        [
            .text(entry.key.description), .text(entry.tenant), .text(entry.target), .text(entry.storedAt.iso8601),
            .text(entry.expiresAt.iso8601), .integer(Int64(entry.bodyBytes)),
            .real(Double(entry.upstreamMicroseconds) / 1000), entry.input.map { .text(String(buffer: $0)) } ?? .null,
        ]
    }

    func entry(key: String) async throws -> OutputTable {
        guard let key = CacheKey(key) else {
            throw CommandFailure("\"\(visible(key))\" is not a key: copy one from cache list")
        }
        let columns = [
            "key", "tenant", "target", "stored", "upstream_ms", "input_tokens", "output_tokens", "input", "text",
            "body",
        ]
        guard let entry = try EntryReader(path: self.path).entry(for: key) else {
            return OutputTable(columns: columns, rows: [])
        }
        func number(_ count: Int?) -> OutputTable.Value { count.map { .integer(Int64($0)) } ?? .null }
        return OutputTable(
            columns: columns,
            rows: [
                [
                    .text(key.description), .text(entry.tenant.description), .text(entry.target.description),
                    .text(entry.storedAt.iso8601), .real(Double(entry.upstreamMicroseconds) / 1000),
                    number(entry.usage.inputTokens), number(entry.usage.outputTokens),
                    entry.input.map { .text(String(buffer: $0)) } ?? .null,
                    .text(String(buffer: entry.answer.textWithoutSession)),
                    .text(String(buffer: entry.answer.body)),
                ]
            ]
        )
    }
}
