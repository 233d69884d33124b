import AmbassadorCore
import DequeModule
import NIOCore

/// Removes what is too old or too much, a little at a time, on the writing thread.
final class Retention {
    private enum Phase: CaseIterable {
        case expiredEntries
        case storeSize
        case recordAge
        case recordCount
        case summedCount
        case adminChanges
        case textAge
        case textSize
        case unusedTexts
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
    // They take turns, so that one that never comes to an end under load keeps none from its work.
    private var phases: Deque<Phase> = []
    private var isShrinkingStore = false
    private let texts: TextRemoval
    private var isShrinkingTexts = false
    // Names up to this one were looked at.
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
        self.texts = TextRemoval(connection, audit)
    }

    /// Whether a round is under way.
    var isRunning: Bool { !self.phases.isEmpty }

    /// Starts a round, unless one is under way.
    func begin() {
        if self.phases.isEmpty { self.phases.append(contentsOf: Phase.allCases) }
    }

    /// Does one bounded piece of the round, in one transaction at most.
    ///
    /// `believed` is the time; `nil` while the clock is not believed: nothing goes by its age then.
    func step(at believed: Timestamp?) throws(SQLiteError) {
        guard let phase = self.phases.popFirst() else { return }
        let mayHaveMore = try self.step(phase, at: believed)
        // What the others free is given back behind them.
        if mayHaveMore || (phase == .freePages && !self.phases.isEmpty) { self.phases.append(phase) }
    }

    /// Removes records in proportion to those that the open transaction adds: what comes in must not outrun what goes.
    ///
    /// - Returns: how many.
    func keepUp(with inserted: Int, at now: Timestamp?) throws(SQLiteError) -> Int {
        guard inserted > 0 else { return 0 }
        // A fourth more than came, so that a log that is too long becomes shorter.
        var left = inserted + max(16, inserted / 4)
        var removed = 0
        while left > 0 {
            let rows = min(left, Self.stepRows)
            let found = try self.removeRecords(rows: rows, at: now)
            guard found > 0 else { break }
            removed += found
            left -= found
            if left > 0 { DedicatedThread.yield() }
        }
        return removed
    }

    /// Removes so many of the records that are too old or too many, within the open transaction.
    private func removeRecords(rows: Int, at now: Timestamp?) throws(SQLiteError) -> Int {
        var removed = 0
        if let maximum = self.configuration.auditRecordsMax {
            removed += try self.audit.removeExcess(over: maximum, rows: rows)
        }
        let summedMax = self.configuration.auditRefusalsMax
        removed += try self.audit.removeSummed(over: summedMax, rows: rows - removed)
        if let now { removed += try self.audit.removeAged(before: self.recordCutoff(now), rows: rows - removed) }
        return removed
    }

    private func recordCutoff(_ now: Timestamp) -> Int64 {
        now.milliseconds - self.configuration.auditRetention.milliseconds
    }

    /// Gives the round up; the next one begins where rows are left.
    func abandon() {
        self.phases.removeAll()
    }

    /// - Returns: whether there may be more to do in the phase.
    private func step(_ phase: Phase, at now: Timestamp?) throws(SQLiteError) -> Bool {
        switch phase {
        case .expiredEntries:
            guard let now else { return false }
            let removed = try self.entryTransaction { () throws(SQLiteError) in
                try self.entries.pruneExpired(before: now)
            }
            return removed > 0
        case .storeSize:
            return try self.shrinkStore()
        case .recordAge:
            guard let now else { return false }
            let cutoff = self.recordCutoff(now)
            return try self.recordTransaction { () throws(SQLiteError) in
                try self.audit.removeAged(before: cutoff, rows: Self.stepRows)
            }
        case .recordCount:
            guard let maximum = self.configuration.auditRecordsMax else { return false }
            return try self.recordTransaction { () throws(SQLiteError) in
                try self.audit.removeExcess(over: maximum, rows: Self.stepRows)
            }
        case .summedCount:
            return try self.recordTransaction { () throws(SQLiteError) in
                try self.audit.removeSummed(over: self.configuration.auditRefusalsMax, rows: Self.stepRows)
            }
        case .adminChanges:
            return try AdminChangeTable.prune(on: self.connection, rows: Self.stepRows)
        case .textAge:
            guard let now, let retention = self.configuration.auditBodiesRetention else { return false }
            return try self.texts.clear(
                before: (now.milliseconds - retention.milliseconds) / Self.dayMilliseconds
            )
        case .textSize:
            return try self.shrinkTexts()
        case .unusedTexts:
            return try self.texts.removeUnused()
        case .names:
            guard let now else { return false }
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

    private func recordTransaction(_ body: () throws(SQLiteError) -> Int) throws(SQLiteError) -> Bool {
        do throws(SQLiteError) {
            let removed = try self.connection.transaction(body)
            self.audit.committed()
            self.metrics.recordsPruned.increment(by: removed)
            return removed > 0
        } catch {
            self.audit.rolledBack()
            throw error
        }
    }

    /// Makes some room among the texts, as among the stored answers.
    private func shrinkTexts() throws(SQLiteError) -> Bool {
        let maximum = self.configuration.auditTextBytesMax
        let goal = self.isShrinkingTexts ? maximum - maximum / 20 : maximum
        let excess = self.audit.counts.textBytes - goal
        self.isShrinkingTexts = excess > 0
        guard self.isShrinkingTexts else { return false }
        return try self.texts.clearOldest(bytes: excess)
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
        let oldest = try self.connection.integer("SELECT min(time) FROM audit_records") ?? now.milliseconds
        return min(oldest, now.milliseconds) / Self.dayMilliseconds - 1
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
