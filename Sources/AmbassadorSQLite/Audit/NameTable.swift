/// The names of flows, tenants, targets and nodes by number, as the writing thread keeps them.
///
/// Each use on a new day is noted, so that a name can go when the last record that uses it has gone.
final class NameTable {
    /// The columns that name something.
    ///
    /// One record's are mostly those of the record before it.
    enum Column: Int, CaseIterable {
        case node
        case tenant
        case flow
        case target
    }

    private struct Known {
        let id: Int64
        var day: Int64
    }

    // Names come from callers: what is remembered of them is bounded.
    private static let knownMax = 65_536

    private let find: Statement
    private let insert: Statement
    private let touch: Statement
    private let prune: Statement
    private var known: [String: Known] = [:]
    private var latest = [(name: String, known: Known)?](repeating: nil, count: Column.allCases.count)

    init(_ connection: Connection) throws(SQLiteError) {
        self.find = try connection.prepare("SELECT id, day FROM names WHERE name = ?")
        self.insert = try connection.prepare("INSERT INTO names (day, name) VALUES (?, ?) RETURNING id")
        self.touch = try connection.prepare("UPDATE names SET day = max(day, ?) WHERE id = ?")
        self.prune = try connection.prepare(
            """
            DELETE FROM names WHERE id IN (SELECT id FROM names WHERE id > ? ORDER BY id LIMIT ?) AND day < ?
            """
        )
    }

    /// The number of a name that a record of `day` uses.
    ///
    /// Flows and tenants are ASCII, so that equal strings have equal bytes.
    func id(of name: String, in column: Column, day: Int64) throws(SQLiteError) -> Int64 {
        if let latest = self.latest[column.rawValue], latest.known.day >= day, latest.name == name {
            return latest.known.id
        }
        let known = try self.known(name, day: day)
        self.latest[column.rawValue] = (name, known)
        return known.id
    }

    private func known(_ name: String, day: Int64) throws(SQLiteError) -> Known {
        if let known = self.known[name], known.day >= day { return known }
        let found = try self.stored(name)
        let id: Int64
        if let found {
            id = found.id
            if found.day < day {
                self.touch.bind(day, at: 1)
                self.touch.bind(id, at: 2)
                try self.touch.run()
            }
        } else {
            self.insert.bind(day, at: 1)
            self.insert.bind(name, at: 2)
            guard try self.insert.step() else {
                throw .engine(.misuse, message: "a name was given no number", offset: nil)
            }
            id = self.insert.integer(at: 0)
            try self.insert.run()
        }
        if self.known.count >= Self.knownMax { self.known.removeAll(keepingCapacity: true) }
        let known = Known(id: id, day: max(day, found?.day ?? day))
        self.known[name] = known
        return known
    }

    /// Removes names that no record of `day` or later uses, of the `count` names after `id`.
    func prune(before day: Int64, after id: Int64, count: Int) throws(SQLiteError) {
        self.prune.bind(id, at: 1)
        self.prune.bind(count, at: 2)
        self.prune.bind(day, at: 3)
        try self.prune.run()
    }

    /// Forgets what a transaction that was rolled back may have added.
    func forget() {
        self.known.removeAll(keepingCapacity: true)
        for column in self.latest.indices { self.latest[column] = nil }
    }

    private func stored(_ name: String) throws(SQLiteError) -> Known? {
        self.find.bind(name, at: 1)
        guard try self.find.step() else { return nil }
        defer { self.find.reset() }
        return Known(id: self.find.integer(at: 0), day: self.find.integer(at: 1))
    }
}
