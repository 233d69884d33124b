package import AmbassadorCore
package import NIOCore

/// Reads stored answers out of the file of an ambassador that may be running; writes nothing and makes no files.
///
/// For the CLI: it blocks, and belongs to the thread that made it.
package final class EntryReader {
    private static let pageRows = 500
    /// How long one statement may take.
    private static let timeLimit: TimeAmount = .seconds(30)
    /// Bytes of inputs after which a page ends.
    private static let pageBytesMax = 4 << 20

    let connection: Connection

    /// An entry as a list shows it.
    package struct Summary: Sendable {
        package let key: CacheKey
        package let tenant: String
        package let target: String
        package let storedAt: Timestamp
        package let expiresAt: Timestamp
        package let bodyBytes: Int
        package let upstreamMicroseconds: Int64
        package let usage: Usage
        /// What was asked (UTF-8), where the flow keeps it.
        package let input: ByteBuffer?
    }

    /// Which entries are listed; they must meet every condition that is set.
    package struct Filter: Sendable {
        package var tenant: TenantID?
        package var target: FlowName?
        /// Stored before this moment.
        package var storedBefore: Timestamp?
        /// How many at most; `nil` means all.
        package var limit: Int?

        package init() {}
    }

    /// What the store holds.
    package struct Stats: Sendable, Equatable {
        package let entries: Int
        /// Roughly what the entries take in the file.
        package let entryBytes: Int
        /// The size of the file, audit records included.
        package let fileBytes: Int
        package let oldestStoredAt: Timestamp?
        package let newestStoredAt: Timestamp?
        package let auditRecords: Int
    }

    private let file: DatabaseFile

    /// - Throws: ``SQLiteError`` where the file is missing, not one of an ambassador, or of another version.
    package init(path: String) throws(SQLiteError) {
        self.connection = try ReadingConnection.open(path: path)
        self.file = try DatabaseFile(path)
    }

    /// Lists entries, the newest first, until `body` returns that it wants no more.
    package func list(_ filter: Filter, _ body: (Summary) -> Bool) throws(SQLiteError) {
        var left = filter.limit ?? .max
        var cursor: (storedAt: Int64, id: Int64) = (.max, .max)
        while left > 0 {
            let page = try self.page(filter, after: &cursor, rows: min(left, Self.pageRows))
            for summary in page.summaries { guard body(summary) else { return } }
            guard page.isFull else { return }
            left -= page.found
        }
    }

    /// The whole entry of a key, verified; `nil` where there is none or where it does not match its checksum.
    package func entry(for key: CacheKey) throws(SQLiteError) -> CacheEntry? {
        self.connection.setTimeLimit(Self.timeLimit)
        let find = try self.connection.prepare("SELECT \(EntryRow.columns) FROM entries WHERE key = ?")
        find.bind(EntryRow.number(of: key), at: 1)
        guard try find.step(), case .entry(let entry) = EntryRow.read(find, for: key) else { return nil }
        return entry
    }

    /// Counts what the file holds.
    package func stats() throws(SQLiteError) -> Stats {
        self.connection.setTimeLimit(Self.timeLimit)
        let row = try self.connection.prepare(
            """
            SELECT count(*), coalesce(sum(size), 0), min(stored_at), max(stored_at),
                (SELECT coalesce(max(id) - min(id) + 1, 0) FROM audit_records)
            FROM entries INDEXED BY entries_by_age
            """
        )
        guard try row.step() else { throw .engine(.misuse, message: "a count has no row", offset: nil) }
        return Stats(
            entries: Int(row.integer(at: 0)),
            entryBytes: Int(row.integer(at: 1)),
            fileBytes: self.file.byteCount,
            oldestStoredAt: row.optionalInteger(at: 2).map { Timestamp(milliseconds: $0) },
            newestStoredAt: row.optionalInteger(at: 3).map { Timestamp(milliseconds: $0) },
            auditRecords: Int(row.integer(at: 4))
        )
    }

    private func page(
        _ filter: Filter,
        after cursor: inout (storedAt: Int64, id: Int64),
        rows: Int
    ) throws(SQLiteError) -> (found: Int, isFull: Bool, summaries: [Summary]) {
        var values: [SQLiteValue] = [.integer(cursor.storedAt), .integer(cursor.storedAt), .integer(cursor.id)]
        var terms = "stored_at <= ? AND (stored_at, id) < (?, ?)"
        if let tenant = filter.tenant {
            terms += " AND tenant = ?"
            values.append(.text(tenant.description))
        }
        if let target = filter.target {
            terms += " AND target = ?"
            values.append(.text(target.description))
        }
        if let before = filter.storedBefore {
            terms += " AND stored_at < ?"
            values.append(.integer(before.milliseconds))
        }
        self.connection.setTimeLimit(Self.timeLimit)
        let statement = try self.connection.prepare(
            """
            SELECT id, scope, input_hash, tenant, target, stored_at, expires_at, length(body), upstream_us, input_tokens,
                output_tokens, input
            FROM entries WHERE \(terms) ORDER BY stored_at DESC, id DESC LIMIT \(rows)
            """
        )
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        var (found, bytes) = (0, 0)
        var summaries: [Summary] = []
        while bytes < Self.pageBytesMax, try statement.step() {
            found += 1
            cursor = (statement.integer(at: 5), statement.integer(at: 0))
            guard let summary = Self.summary(statement) else { continue }
            bytes += summary.input?.readableBytes ?? 0
            summaries.append(summary)
        }
        statement.reset()
        return (found, found == rows || bytes >= Self.pageBytesMax, summaries)
    }

    private static func summary(_ row: Statement) -> Summary? {
        var scope = row.blob(at: 1)
        guard
            let high = scope.readInteger(as: UInt64.self), let low = scope.readInteger(as: UInt64.self),
            let hash = InputHash(row.blob(at: 2).readableBytesView)
        else { return nil }
        return Summary(
            key: CacheKey(scope: CacheScope(high: high, low: low), input: hash),
            tenant: row.text(at: 3),
            target: row.text(at: 4),
            storedAt: Timestamp(milliseconds: row.integer(at: 5)),
            expiresAt: Timestamp(milliseconds: row.integer(at: 6)),
            bodyBytes: Int(row.integer(at: 7)),
            upstreamMicroseconds: row.integer(at: 8),
            usage: Usage(
                inputTokens: row.optionalInteger(at: 9).map { Int($0) },
                outputTokens: row.optionalInteger(at: 10).map { Int($0) }
            ),
            input: row.isNull(at: 11) ? nil : row.blob(at: 11)
        )
    }
}
