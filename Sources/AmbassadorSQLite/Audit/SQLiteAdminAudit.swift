import AmbassadorCore
import Logging

/// What operators changed, in the table `admin_changes` of the SQLite file.
struct SQLiteAdminAudit: AdminAudit {
    let queue: StoreQueue
    let logger: Logger

    /// Returns once the change is committed; where it cannot be, that is logged beside the change itself, which the admin plane logs.
    func record(_ change: AdminChange) async {
        let result = await self.queue.perform { connection throws(SQLiteError) in
            try AdminChangeTable.insert(change, on: connection)
        }
        guard case .failure(let error) = result else { return }
        self.logger.error("a change through the admin API is not in the audit log", metadata: ["error": "\(error)"])
    }
}
