package import AmbassadorCore
import NIOCore

/// What tenants have used of a day, kept beside the audit log.
///
/// Among the numbers of `counters`, under names such as `budget/20782/acme/requests`; the day is the one since 1970.
package enum KeptUsage {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Reads what was kept of a day.
    ///
    /// Blocks: for the start of the process, before it serves.
    ///
    /// - Parameters:
    ///   - path: the file of an ambassador, running or not.
    ///   - day: the start of the day.
    /// - Returns: tenants of which something was kept.
    /// - Throws: ``SQLiteError`` where the file cannot be read.
    package static func byTenant(path: String, of day: Timestamp) throws(SQLiteError) -> [TenantID: BudgetUsage] {
        let connection = try ReadingConnection.open(path: path)
        let (first, end) = Self.names(of: day)
        let rows = try connection.prepare("SELECT name, value FROM counters WHERE name >= ? AND name < ?")
        rows.bind(first, at: 1)
        rows.bind(end, at: 2)
        var usage: [TenantID: BudgetUsage] = [:]
        while try rows.step() {
            let parts = rows.text(at: 0).split(separator: "/")
            guard parts.count == 4, let tenant = TenantID(parts[2].utf8),
                let kind = BudgetKind(rawValue: String(parts[3]))
            else { continue }
            usage[tenant, default: BudgetUsage()] += BudgetUsage(rows.integer(at: 1), of: kind)
        }
        return usage
    }

    /// What all names of a day begin with, and the first name behind them: a zero is the byte behind a slash.
    fileprivate static func names(of day: Timestamp) -> (first: String, end: String) {
        let number = day.milliseconds / Self.millisecondsPerDay
        return ("budget/\(number)/", "budget/\(number)0")
    }
}

extension SQLiteDatabase {
    /// Tenants that one transaction keeps at most, so that no record waits long for it.
    private static let tenantsPerTransaction = 500

    /// Keeps what tenants have used of a day, and forgets what was kept of other days.
    ///
    /// Returns once it is written, with the promise of `audit.durability` for a loss of power.
    ///
    /// - Throws: ``SQLiteError`` where it cannot be written; what was kept before is then still there.
    package func keep(_ usage: [TenantID: BudgetUsage], of day: Timestamp) async throws(SQLiteError) {
        let (first, end) = KeptUsage.names(of: day)
        var rest = Array(usage)[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.tenantsPerTransaction)
            rest = rest.dropFirst(some.count)
            try await self.withWritingConnection { connection throws(SQLiteError) in
                try connection.transaction { () throws(SQLiteError) in
                    let forget = try connection.prepare(
                        "DELETE FROM counters WHERE name >= 'budget/' AND name < 'budget0' AND NOT (name >= ? AND name < ?)"
                    )
                    forget.bind(first, at: 1)
                    forget.bind(end, at: 2)
                    try forget.run()
                    try Self.insert(some, named: first, over: connection)
                }
            }
        }
    }

    private static func insert(
        _ usage: ArraySlice<(key: TenantID, value: BudgetUsage)>,
        named prefix: String,
        over connection: Connection
    ) throws(SQLiteError) {
        let keep = try connection.prepare("INSERT OR REPLACE INTO counters VALUES (?, ?)")
        for (tenant, usage) in usage {
            for kind in BudgetKind.allCases {
                keep.bind("\(prefix)\(tenant)/\(kind.rawValue)", at: 1)
                keep.bind(usage.amount(of: kind), at: 2)
                try keep.run()
            }
        }
    }
}

extension BudgetUsage {
    fileprivate init(_ amount: Int64, of kind: BudgetKind) {
        switch kind {
        case .requests: self.init(requests: amount)
        case .tokens: self.init(tokens: amount)
        case .cost: self.init(costNanos: amount)
        }
    }

    fileprivate func amount(of kind: BudgetKind) -> Int64 {
        switch kind {
        case .requests: self.requests
        case .tokens: self.tokens
        case .cost: self.costNanos
        }
    }
}
