import AmbassadorCore
import NIOCore

/// Removes what is too old or too much, a little at a time, on the writing thread.
final class Retention {
    private enum Phase: Int, CaseIterable {
        case expiredEntries
        case storeSize
        case recordAge
        case recordCount
        case textAge
        case orphanedTexts
        case names
        case freePages
    }

    /// Records, texts or names that one transaction removes at most.
    private static let stepRows = 200
    /// Pages that one transaction gives back to the file system at most.
    private static let stepPages = 64
    private static let dayMilliseconds: Int64 = 86_400_000

    private let connection: Connection
    private let configuration: SQLiteConfiguration
    private let metrics: SQLiteMetrics
    private let entries: EntryTable
    private let audit: AuditTable
    private var phase: Phase?
    private var isShrinkingStore = false
    // Texts up to these ids were cleared already, names up to this one looked at.
    private var clearedTexts: [String: Int64] = [:]
    private var lastName: Int64 = 0
    // Before which day names go in the pass under way, and went in the last whole one.
    private var namesCutoff: Int64 = 0
    private var namesCutoffDone: Int64?

    init(
        _ connection: Connection,
        configuration: SQLiteConfiguration,
        metrics: SQLiteMetrics,
        entries: EntryTable,
        audit: AuditTable
    ) {
        self.connection = connection
        self.configuration = configuration
        self.metrics = metrics
        self.entries = entries
        self.audit = audit
    }

    /// Whether a round is under way.
    var isRunning: Bool { self.phase != nil }

    /// Starts a round, unless one is under way.
    func begin() {
        if self.phase == nil { self.phase = Phase.allCases.first }
    }

    /// Does one bounded piece of the round, in one transaction at most.
    func step(at now: Timestamp) throws(SQLiteError) {
        guard let phase = self.phase else { return }
        if try self.step(phase, at: now) == false { self.phase = Phase(rawValue: phase.rawValue + 1) }
    }

    /// Gives the round up; the next one begins where rows are left.
    func abandon() {
        self.phase = nil
    }

    /// - Returns: whether there may be more to do in the phase.
    private func step(_ phase: Phase, at now: Timestamp) throws(SQLiteError) -> Bool {
        switch phase {
        case .expiredEntries:
            let removed = try self.entryTransaction { () throws(SQLiteError) in
                try self.entries.pruneExpired(before: now)
            }
            return removed > 0
        case .storeSize:
            return try self.shrinkStore()
        case .recordAge:
            let cutoff = now.milliseconds - self.configuration.auditRetention.milliseconds
            return try self.pruneRecords("time < ?", cutoff, rows: Self.stepRows)
        case .recordCount:
            return try self.pruneRecordsInExcess()
        case .textAge:
            return try self.clearTexts(at: now)
        case .orphanedTexts:
            return try self.pruneTexts(at: now)
        case .names:
            return try self.pruneNames(at: now)
        case .freePages:
            return try self.giveBackPages()
        }
    }

    /// Makes some room: a twentieth more than needed, so that not every insertion begins anew.
    private func shrinkStore() throws(SQLiteError) -> Bool {
        try self.entries.countBytes()
        let maximum = self.configuration.storeBytesMax
        let goal = self.isShrinkingStore ? maximum - maximum / 20 : maximum
        guard self.entries.byteCount > goal else {
            self.isShrinkingStore = false
            return false
        }
        self.isShrinkingStore = true
        let excess = self.entries.byteCount - (maximum - maximum / 20)
        return try self.entryTransaction { () throws(SQLiteError) in try self.entries.pruneOldest(bytes: excess) } > 0
    }

    private func entryTransaction(_ body: () throws(SQLiteError) -> Int) throws(SQLiteError) -> Int {
        do throws(SQLiteError) {
            let removed = try self.connection.transaction(body)
            self.entries.committed()
            self.metrics.entriesPruned.increment(by: removed)
            return removed
        } catch {
            self.entries.rolledBack()
            throw error
        }
    }

    private func pruneRecordsInExcess() throws(SQLiteError) -> Bool {
        guard let maximum = self.configuration.auditRecordsMax else { return false }
        // Ids are given without gaps, so that the first and the last tell the number.
        let first = Int(try self.connection.integer("SELECT min(id) FROM audit_records") ?? self.audit.nextID)
        let excess = Int(self.audit.nextID) - first - maximum
        guard excess > 0 else { return false }
        return try self.pruneRecords("id < ?", self.audit.nextID, rows: min(excess, Self.stepRows))
    }

    /// Removes those of the oldest records to which a condition applies.
    private func pruneRecords(_ condition: String, _ limit: Int64, rows: Int) throws(SQLiteError) -> Bool {
        let delete = try self.connection.prepare(
            """
            DELETE FROM audit_records WHERE id IN (
                SELECT id FROM (SELECT id, time FROM audit_records ORDER BY id LIMIT \(rows)) WHERE \(condition)
            )
            """
        )
        delete.bind(limit, at: 1)
        let nextID = self.audit.nextID
        let removed = try self.connection.transaction { () throws(SQLiteError) in
            try delete.run()
            let removed = self.connection.changes
            guard removed > 0 else { return 0 }
            // The newest record may be among them, and its id must not be given again.
            let keep = try self.connection.prepare("INSERT OR REPLACE INTO counters VALUES ('audit_next_id', ?)")
            keep.bind(nextID, at: 1)
            try keep.run()
            return removed
        }
        self.metrics.recordsPruned.increment(by: removed)
        return removed > 0
    }

    /// Forgets texts whose own retention is shorter than that of their records.
    private func clearTexts(at now: Timestamp) throws(SQLiteError) -> Bool {
        guard let retention = self.configuration.auditBodiesRetention else { return false }
        let cutoff = (now.milliseconds - retention.milliseconds) / Self.dayMilliseconds
        for table in ["audit_inputs", "audit_answers"] {
            let cleared = self.clearedTexts[table] ?? 0
            guard let last = try self.lastText(in: table, after: cleared, before: cutoff) else { continue }
            let clear = try self.connection.prepare("UPDATE \(table) SET text = NULL WHERE id > ? AND id <= ?")
            clear.bind(cleared, at: 1)
            clear.bind(last, at: 2)
            try clear.run()
            self.clearedTexts[table] = last
            return true
        }
        return false
    }

    /// Removes texts that no record names any more.
    private func pruneTexts(at now: Timestamp) throws(SQLiteError) -> Bool {
        let cutoff = try self.firstDayInUse(at: now)
        for table in ["audit_inputs", "audit_answers"] {
            guard let last = try self.lastText(in: table, after: 0, before: cutoff) else { continue }
            let delete = try self.connection.prepare("DELETE FROM \(table) WHERE id <= ?")
            delete.bind(last, at: 1)
            try delete.run()
            return true
        }
        return false
    }

    /// Looks at all names again whenever the oldest record is of another day: only then can one have gone out of use.
    private func pruneNames(at now: Timestamp) throws(SQLiteError) -> Bool {
        if self.lastName == 0 {
            self.namesCutoff = try self.firstDayInUse(at: now)
            guard self.namesCutoff != self.namesCutoffDone else { return false }
        }
        guard let window = try self.windowEnd(after: self.lastName) else {
            self.namesCutoffDone = self.namesCutoff
            self.lastName = 0
            return false
        }
        try self.audit.pruneNames(before: self.namesCutoff, after: self.lastName, count: Self.stepRows)
        self.lastName = window
        return true
    }

    private func windowEnd(after id: Int64) throws(SQLiteError) -> Int64? {
        let names = try self.connection.prepare(
            "SELECT max(id) FROM (SELECT id FROM names WHERE id > ? ORDER BY id LIMIT \(Self.stepRows))"
        )
        names.bind(id, at: 1)
        return try names.step() ? names.optionalInteger(at: 0) : nil
    }

    /// The day before which nothing is named by a record: one less than that of the oldest, for records that ended after midnight.
    private func firstDayInUse(at now: Timestamp) throws(SQLiteError) -> Int64 {
        let oldest = try self.connection.prepare("SELECT time FROM audit_records ORDER BY id LIMIT 1")
        let time = try oldest.step() ? oldest.integer(at: 0) : now.milliseconds
        return min(time, now.milliseconds) / Self.dayMilliseconds - 1
    }

    /// The last of the first rows of a table whose day is before `day`.
    private func lastText(in table: String, after id: Int64, before day: Int64) throws(SQLiteError) -> Int64? {
        let rows = try self.connection.prepare(
            "SELECT id, day FROM \(table) WHERE id > ? ORDER BY id LIMIT \(Self.stepRows)"
        )
        rows.bind(id, at: 1)
        var last: Int64?
        while try rows.step(), rows.integer(at: 1) < day { last = rows.integer(at: 0) }
        return last
    }

    private func giveBackPages() throws(SQLiteError) -> Bool {
        let free = try self.connection.integer("PRAGMA freelist_count") ?? 0
        let pages = try self.connection.integer("PRAGMA page_count") ?? 0
        // A few free pages are kept for what is written next.
        guard free > 64, free > pages / 20 else { return false }
        try self.connection.execute("PRAGMA incremental_vacuum(\(Self.stepPages))")
        return true
    }
}
