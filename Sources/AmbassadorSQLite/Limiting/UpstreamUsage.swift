package import AmbassadorCore
package import NIOCore

/// What calls to LangFlow used up by tenant, out of the audit log.
///
/// Blocks, for seconds where a day has millions of records: for the start of the process, before it serves, on the
/// thread that starts it. The records of the file alone count: those of other replicas are in files of their own.
package enum UpstreamUsage {
    /// Sums the requests that called LangFlow, their tokens and their costs.
    ///
    /// - Parameters:
    ///   - path: the file of an ambassador, running or not.
    ///   - start: requests that began at this moment or later count.
    ///   - timeLimit: after which it is given up with ``SQLiteError/timeLimit``.
    /// - Returns: tenants with such requests alone.
    /// - Throws: ``SQLiteError`` where the file cannot be read.
    package static func byTenant(
        path: String,
        since start: Timestamp,
        timeLimit: TimeAmount = .seconds(60)
    ) throws(SQLiteError) -> [TenantID: BudgetUsage] {
        let connection = try ReadingConnection.open(path: path)
        connection.setTimeLimit(timeLimit)
        defer { connection.setTimeLimit(nil) }
        return try Self.names(of: Self.sums(since: start, connection), connection)
    }

    /// The rows are summed here and not in SQL: grouping would sort them all, and `sum` fails where a sum overflows.
    static let query = """
        SELECT tenant, input_tokens, output_tokens, cost_nanos FROM audit_records INDEXED BY audit_by_time
        WHERE time >= ? AND attempts > 0
        """

    private static func sums(
        since start: Timestamp,
        _ connection: Connection
    ) throws(SQLiteError) -> [Int64: BudgetUsage] {
        let rows = try connection.prepare(Self.query)
        rows.bind(start.milliseconds, at: 1)
        var sums: [Int64: BudgetUsage] = [:]
        while try rows.step() {
            let usage = Usage(inputTokens: Int(rows.integer(at: 1)), outputTokens: Int(rows.integer(at: 2)))
            let call = BudgetUsage(ofCall: usage, costNanos: rows.integer(at: 3))
            sums[rows.integer(at: 0), default: BudgetUsage()] += call
        }
        return sums
    }

    private static func names(
        of sums: [Int64: BudgetUsage],
        _ connection: Connection
    ) throws(SQLiteError) -> [TenantID: BudgetUsage] {
        let name = try connection.prepare("SELECT name FROM names WHERE id = ?")
        var usage: [TenantID: BudgetUsage] = [:]
        for (number, sum) in sums {
            name.bind(number, at: 1)
            guard try name.step() else { continue }
            // Only names of tenants stand there: another one was never written by an ambassador, and has no budget.
            if let tenant = TenantID(name.text(at: 0).utf8) { usage[tenant] = sum }
            name.reset()
        }
        return usage
    }
}
