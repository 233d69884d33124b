import AmbassadorCore
import NIOCore

extension EntryTable {
    /// How far a purge has come.
    struct PurgeProgress {
        var removal = Removal()
        /// The row up to which inputs were looked into.
        fileprivate var cursor = Int64.min
    }

    /// Rows whose inputs one transaction looks into: reading them is what takes the time.
    private static let scanRows = 1_000

    /// Removes some of the entries that a purge names.
    ///
    /// - Returns: whether there may be more.
    func purge(_ selection: PurgeSelection, _ progress: inout PurgeProgress) throws(SQLiteError) -> Bool {
        guard let text = selection.text else {
            let statement = try self.rows(of: selection, more: "", limit: Self.stepRows)
            let rows = try self.rows(of: statement, bytesMax: Self.stepBytes)
            try self.wipe(rows)
            progress.removal.removed += try self.remove(rows)
            return !rows.isEmpty
        }
        // No index knows what inputs contain: all rows are looked into once, in the order of their numbers.
        let statement = try self.rows(
            of: selection,
            more: " AND id > \(progress.cursor) ORDER BY id",
            limit: Self.scanRows,
            text: text
        )
        var (found, bytes) = (0, 0)
        var matches: [(id: Int64, size: Int)] = []
        while bytes < Self.stepBytes, matches.count < Self.stepRows, try statement.step() {
            found += 1
            bytes += Int(statement.integer(at: 1))
            progress.cursor = statement.integer(at: 0)
            if statement.isNull(at: 2) {
                progress.removal.unjudged += 1
            } else if statement.integer(at: 2) != 0 || Self.isContainedFolded(text, in: statement) {
                matches.append((progress.cursor, Int(statement.integer(at: 1))))
            }
        }
        statement.reset()
        try self.wipe(matches)
        progress.removal.removed += try self.remove(matches)
        return found > 0
    }

    private static func isContainedFolded(_ text: PurgeText, in row: Statement) -> Bool {
        guard text.folded != nil, let target = FlowName(row.text(at: 3).utf8), text.foldedTargets.contains(target)
        else { return false }
        return text.isContainedFolded(in: row.blob(at: 4), of: target)
    }

    /// The number and the size of the rows that a purge names, whether they contain its text (`NULL` where there is no input), and
    /// what else that is told by.
    private func rows(
        of selection: PurgeSelection,
        more: String,
        limit: Int,
        text: PurgeText? = nil
    ) throws(SQLiteError) -> Statement {
        var terms: [String] = []
        var values: [SQLiteValue] = []
        if let text { values.append(.blob(text.raw)) }
        if let key = selection.key {
            terms.append("key = ? AND scope = ? AND input_hash = ?")
            values.append(.integer(EntryRow.number(of: key)))
            values.append(.blob(ByteBuffer(bytes: EntryRow.bytes(of: key.scope))))
            values.append(.blob(ByteBuffer(bytes: key.input.bytes)))
        }
        if let target = selection.target {
            terms.append("target = ?")
            values.append(.text(target.description))
        }
        if let tenant = selection.tenant {
            terms.append("tenant = ?")
            values.append(.text(tenant.description))
        }
        if let before = selection.storedBefore {
            terms.append("stored_at < ?")
            values.append(.integer(before.milliseconds))
        }
        let match = text == nil ? "1" : "instr(input, ?), target, input"
        let condition = (terms.isEmpty ? ["1"] : terms).joined(separator: " AND ")
        let statement = try self.connection.prepare(
            "SELECT id, size, \(match) FROM entries WHERE \(condition)\(more) LIMIT \(limit)"
        )
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        return statement
    }
}
