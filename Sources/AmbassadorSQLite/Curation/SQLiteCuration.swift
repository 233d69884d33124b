import AmbassadorCore
import Crypto
import Logging
import NIOCore
import Synchronization

/// What operators have decided about single answers, in the table `curation` of the SQLite file.
struct SQLiteCuration: CurationStore {
    let queue: StoreQueue
    let logger: Logger

    func marks() async -> [CurationMark]? {
        let box = Found()
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let rows = try connection.prepare(
                """
                SELECT scope, input_hash, kind, time, author, reason, checksum, body, session_offsets, text
                FROM curation
                """
            )
            var (marks, invalid): ([CurationMark], Int) = ([], 0)
            while try rows.step() {
                if let mark = Self.mark(rows) { marks.append(mark) } else { invalid += 1 }
            }
            box.set(marks, invalid)
        }
        guard self.report(result, "they cannot be read") else { return nil }
        let (marks, invalid) = box.value
        if invalid > 0 {
            self.logger.error(
                "pinned answers or tombstones do not match their checksums and are not in force",
                metadata: ["count": "\(invalid)"]
            )
        }
        return marks
    }

    func keep(_ mark: CurationMark) async -> Bool {
        let result = await self.queue.perform { connection throws(SQLiteError) in
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
        return self.report(result, "one cannot be kept")
    }

    func remove(_ key: CacheKey) async -> Bool {
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let delete = try connection.prepare("DELETE FROM curation WHERE scope = ? AND input_hash = ?")
            delete.bind(blob: EntryRow.bytes(of: key.scope), at: 1)
            delete.bind(blob: key.input.bytes, at: 2)
            try delete.run()
        }
        return self.report(result, "one cannot be removed")
    }

    private static func mark(_ row: Statement) -> CurationMark? {
        var scope = row.blob(at: 0)
        guard
            let high = scope.readInteger(as: UInt64.self), let low = scope.readInteger(as: UInt64.self),
            let hash = InputHash(row.blob(at: 1).readableBytesView), let kind = Self.kind(row)
        else { return nil }
        let key = CacheKey(scope: CacheScope(high: high, low: low), input: hash)
        guard row.blob(at: 6).readableBytesView.elementsEqual(Self.checksum(of: key, kind)) else { return nil }
        return CurationMark(
            key: key,
            kind: kind,
            author: row.text(at: 4),
            reason: row.text(at: 5),
            time: Timestamp(milliseconds: row.integer(at: 3))
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
    private let state = Mutex<(marks: [CurationMark], invalid: Int)>(([], 0))

    var value: (marks: [CurationMark], invalid: Int) { self.state.withLock { $0 } }

    func set(_ marks: [CurationMark], _ invalid: Int) {
        self.state.withLock { $0 = (marks, invalid) }
    }
}
