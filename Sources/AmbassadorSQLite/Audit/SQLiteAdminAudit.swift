import AmbassadorCore
import Logging

/// What operators changed, in the table `admin_changes` of the SQLite file.
struct SQLiteAdminAudit: AdminAudit {
    let queue: StoreQueue
    let logger: Logger

    /// Returns once the change is committed; where it cannot be, that is logged beside the change itself, which the admin plane logs.
    func record(_ change: AdminChange) async {
        let result = await self.queue.perform { connection throws(SQLiteError) in
            let insert = try connection.prepare(
                """
                INSERT INTO admin_changes (time, principal, tenant, client_address, action, subject, outcome, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
            )
            insert.bind(change.time.milliseconds, at: 1)
            insert.bind(change.principal, at: 2)
            insert.bind(change.tenant?.description, at: 3)
            insert.bind(change.client, at: 4)
            insert.bind(change.action.rawValue, at: 5)
            insert.bind(change.subject, at: 6)
            insert.bind(change.outcome.rawValue, at: 7)
            insert.bind(change.detail, at: 8)
            try insert.run()
        }
        guard case .failure(let error) = result else { return }
        self.logger.error("a change through the admin API is not in the audit log", metadata: ["error": "\(error)"])
    }
}
