import AmbassadorCore
import Logging
import Synchronization

/// Small texts in the table `notes` of the SQLite file.
struct SQLiteNotes: DurableNotes {
    let queue: StoreQueue
    let logger: Logger

    func note(_ name: String) async -> String? {
        let found = Found()
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let find = try connection.prepare("SELECT text FROM notes WHERE name = ?")
            find.bind(name, at: 1)
            if try find.step() { found.set(find.text(at: 0)) }
        }
        self.report(result, name)
        return found.text
    }

    func keep(_ text: String, as name: String) async -> Bool {
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let insert = try connection.prepare("INSERT OR REPLACE INTO notes (name, text) VALUES (?, ?)")
            insert.bind(name, at: 1)
            insert.bind(text, at: 2)
            try insert.run()
        }
        return self.report(result, name)
    }

    @discardableResult
    private func report(_ result: Result<Void, SQLiteError>, _ name: String) -> Bool {
        guard case .failure(let error) = result else { return true }
        self.logger.error("a note cannot be kept or read", metadata: ["note": "\(name)", "error": "\(error)"])
        return false
    }

    /// What was found on the writing thread.
    private final class Found: Sendable {
        private let state = Mutex<String?>(nil)

        var text: String? { self.state.withLock { $0 } }

        func set(_ text: String) {
            self.state.withLock { $0 = text }
        }
    }
}
