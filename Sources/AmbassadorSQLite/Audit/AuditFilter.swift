package import AmbassadorCore

/// Which audit records are wanted; records must meet every condition that is set.
package struct AuditFilter: Sendable {
    /// The flow as the caller named it.
    package var flow: FlowName?
    package var tenant: TenantID?
    /// Any of these; empty means all.
    package var outcomes: [Outcome] = []
    package var traceID: TraceID?
    /// Requests that began at this moment or later.
    package var since: Timestamp?
    /// Requests that began before this moment.
    package var until: Timestamp?
    /// A SQL expression over the columns of the view `audit`.
    package var expression: String?
    package var order: Order = .newestFirst
    /// How many records at most; `nil` means all.
    package var limit: Int?
    /// Only records with these ids; for following the log.
    var ids: ClosedRange<Int64>?

    package enum Order: Sendable {
        /// By the time at which the requests began.
        case newestFirst
        case oldestFirst
        /// By id. A slow request's record comes behind those of quicker ones that began later, so only this order is never added to in
        /// the middle.
        case asWritten
    }

    package init() {}
}

extension AuditFilter {
    /// A place in the order of records.
    struct Cursor: Sendable {
        var time: Int64
        var id: Int64
    }

    /// The statement that reads the next records behind a cursor, and its values.
    ///
    /// The inner part finds ids by the indexes of the table; the view then spells each out, unless id and time are all that is wanted.
    func sql(after cursor: Cursor?, rows: Int, placesOnly: Bool = false) -> (text: String, values: [SQLiteValue]) {
        var values: [SQLiteValue] = []
        var terms: [String] = []
        func add(_ term: String, _ value: SQLiteValue) {
            terms.append(term)
            values.append(value)
        }
        let isByID = self.order == .asWritten
        // A plus keeps a column from choosing the index: each order has the one that it follows.
        let (byOther, byID) = isByID ? ("+", "") : ("", "+")
        if let flow { add("\(byOther)flow = (SELECT id FROM names WHERE name = ?)", .text(flow.description)) }
        if let tenant { add("tenant = (SELECT id FROM names WHERE name = ?)", .text(tenant.description)) }
        if let since { add("\(byOther)time >= ?", .integer(since.milliseconds)) }
        if let until { add("\(byOther)time < ?", .integer(until.milliseconds)) }
        if let ids {
            add("\(byID)id >= ?", .integer(ids.lowerBound))
            add("\(byID)id <= ?", .integer(ids.upperBound))
        }
        if !self.outcomes.isEmpty {
            let codes = self.outcomes.map { String(AuditCode.code(of: $0)) }
            terms.append("outcome IN (\(codes.joined(separator: ", ")))")
        }
        if let traceID {
            // One probe for each run of 1,024 records, as the index is laid out.
            add("id IN (\(Self.idsOfTrace))", .integer(Int64(bitPattern: traceID.low)))
            add("trace_high = ?", .integer(Int64(bitPattern: traceID.high)))
        }
        let isDescending = self.order == .newestFirst
        if let cursor, isByID {
            add("id > ?", .integer(cursor.id))
        } else if let cursor {
            add(isDescending ? "time <= ?" : "time >= ?", .integer(cursor.time))
            add(isDescending ? "(time, id) < (?, " : "(time, id) > (?, ", .integer(cursor.time))
            terms[terms.count - 1] += "?)"
            values.append(.integer(cursor.id))
        }
        let direction = isDescending ? "DESC" : "ASC"
        let condition = terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND ")
        // The line break ends a comment that the expression may end with.
        let expression = self.expression.map { "AND (\($0)\n)" } ?? ""
        let order = isByID ? "found.found_id" : "found.found_time \(direction), found.found_id \(direction)"
        let text = """
            SELECT \(placesOnly ? "found.found_time, found.found_id" : "audit.*")
            FROM (SELECT id AS found_id, time AS found_time FROM audit_records \(condition)) AS found
            CROSS JOIN audit WHERE audit.id = found.found_id \(expression)
            ORDER BY \(order) LIMIT \(rows)
            """
        return (text, values)
    }

    private static let idsOfTrace = """
        WITH RECURSIVE runs (run, last) AS (
            SELECT (SELECT min(id) FROM audit_records) >> 10, (SELECT max(id) FROM audit_records) >> 10
            UNION ALL SELECT run + 1, last FROM runs WHERE run < last
        )
        SELECT r.id FROM runs CROSS JOIN audit_records AS r WHERE r.id >> 10 = runs.run AND r.trace_low = ?
        """
}
