import AmbassadorCore
import Crypto
import Logging
import NIOCore
import Synchronization

/// What operators have decided about single answers, in the table `curation` of the SQLite file.
struct SQLiteCuration: CurationStore {
    let queue: StoreQueue
    let logger: Logger

    func marks() async -> KeptMarks? {
        let box = Found()
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let rows = try connection.prepare(
                """
                SELECT scope, input_hash, kind, time, author, reason, checksum, body, session_offsets, text
                FROM curation
                """
            )
            var (marks, lost): ([CurationMark], Int) = ([], 0)
            while try rows.step() {
                if let mark = Self.mark(rows) { marks.append(mark) } else { lost += 1 }
            }
            box.set(KeptMarks(marks, lost: lost))
        }
        guard self.report(result, "they cannot be read") else { return nil }
        let found = box.value
        let damaged = found.marks.count(where: \.isDamaged)
        if damaged + found.lost > 0 {
            self.logger.error(
                """
                pinned answers or tombstones do not match their checksums: as far as their keys can be read, nothing stored is \
                served under them; decide about them anew, or restore the file
                """,
                metadata: ["held_as_tombstones": "\(damaged)", "lost": "\(found.lost)"]
            )
        }
        return found
    }

    func make(
        _ change: CurationChange,
        unless objection: @escaping @Sendable () -> CurationResult?,
        apply: @escaping @Sendable () -> Void
    ) async -> CurationResult {
        // The writing thread does one at a time, each in a transaction of its own: its order is the disk's.
        let outcome = Outcome()
        let result = await self.queue.perform { connection throws(SQLiteError) in
            if let result = objection() { return outcome.set(result) }
            switch change {
            case .keep(let mark): try Self.keep(mark, on: connection)
            case .forget(let key): try Self.forget(key, on: connection)
            }
            apply()
        }
        return self.report(result, "a change cannot be kept") ? outcome.value : .notKept
    }

    private static func keep(_ mark: CurationMark, on connection: Connection) throws(SQLiteError) {
        let insert = try connection.prepare(
            """
            INSERT OR REPLACE INTO curation
                (scope, input_hash, kind, time, author, reason, checksum, body, session_offsets, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        let answer = if case .pin(let answer) = mark.kind { Optional(answer) } else { nil as Answer? }
        insert.bind(blob: EntryRow.bytes(of: mark.key.scope), at: 1)
        insert.bind(blob: mark.key.input.bytes, at: 2)
        insert.bind(mark.kind.name, at: 3)
        insert.bind(mark.time.milliseconds, at: 4)
        insert.bind(mark.author, at: 5)
        insert.bind(mark.reason, at: 6)
        insert.bind(blob: Self.checksum(of: mark.key, mark.kind), at: 7)
        insert.bind(blob: answer?.body, at: 8)
        insert.bind(blob: answer.map { ByteBuffer(bytes: EntryRow.bytes(ofOffsets: $0.sessionOffsets)) }, at: 9)
        insert.bind(blob: answer?.text, at: 10)
        try insert.run()
    }

    private static func forget(_ key: CacheKey, on connection: Connection) throws(SQLiteError) {
        let delete = try connection.prepare("DELETE FROM curation WHERE scope = ? AND input_hash = ?")
        delete.bind(blob: EntryRow.bytes(of: key.scope), at: 1)
        delete.bind(blob: key.input.bytes, at: 2)
        try delete.run()
    }

    /// What a row says; of one that does not match its checksum only the key is believed, and nothing stored is served under it.
    ///
    /// A tombstone that was damaged must not open what it closes, and what a damaged pin replaced was wrong.
    private static func mark(_ row: Statement) -> CurationMark? {
        var scope = row.blob(at: 0)
        guard scope.readableBytes == 16,
            let high = scope.readInteger(as: UInt64.self), let low = scope.readInteger(as: UInt64.self),
            let hash = InputHash(row.blob(at: 1).readableBytesView)
        else { return nil }
        let key = CacheKey(scope: CacheScope(high: high, low: low), input: hash)
        let kind = Self.kind(row).flatMap { kind in
            row.blob(at: 6).readableBytesView.elementsEqual(Self.checksum(of: key, kind)) ? kind : nil
        }
        return CurationMark(
            key: key,
            kind: kind ?? .tombstone,
            author: row.text(at: 4),
            reason: kind == nil ? "damaged in the store: held as a tombstone" : row.text(at: 5),
            time: Timestamp(milliseconds: row.integer(at: 3)),
            isDamaged: kind == nil
        )
    }

    private static func kind(_ row: Statement) -> CurationMark.Kind? {
        switch row.text(at: 2) {
        case "tombstone": return .tombstone
        case "pin":
            guard let offsets = EntryRow.offsets(row.blob(at: 8)) else { return nil }
            return .pin(Answer(body: row.blob(at: 7), sessionOffsets: offsets, text: row.blob(at: 9)))
        default: return nil
        }
    }

    private static func checksum(of key: CacheKey, _ kind: CurationMark.Kind) -> [UInt8] {
        var hasher = SHA256()
        EntryRow.update(&hasher, Array(kind.name.utf8))
        EntryRow.update(&hasher, EntryRow.bytes(of: key.scope))
        EntryRow.update(&hasher, key.input.bytes)
        if case .pin(let answer) = kind {
            EntryRow.update(&hasher, EntryRow.bytes(ofOffsets: answer.sessionOffsets))
            EntryRow.update(&hasher, answer.text)
            EntryRow.update(&hasher, answer.body)
        }
        return Array(hasher.finalize())
    }

    private func report(_ result: Result<Void, SQLiteError>, _ what: String) -> Bool {
        guard case .failure(let error) = result else { return true }
        self.logger.error(
            "the store has trouble with pinned answers and tombstones",
            metadata: ["trouble": "\(what)", "error": "\(error)"]
        )
        return false
    }
}

/// What was found on the writing thread.
private final class Found: Sendable {
    private let state = Mutex(KeptMarks([]))

    var value: KeptMarks { self.state.withLock { $0 } }

    func set(_ marks: KeptMarks) {
        self.state.withLock { $0 = marks }
    }
}

/// What came of a change on the writing thread, where that raised no error.
private final class Outcome: Sendable {
    private let state = Mutex(CurationResult.done)

    var value: CurationResult { self.state.withLock { $0 } }

    func set(_ result: CurationResult) {
        self.state.withLock { $0 = result }
    }
}
