import AmbassadorCore
import AmbassadorSQLite
import Logging
import NIOCore
import NIOPosix

/// Keeps what tenants have used of their budgets in the SQLite file, so that a restart gives nobody a second one.
///
/// The audit log knows the calls that were made for a request whose caller waited; here are all, of the second before last at
/// the latest.
struct BudgetKeeper: Sendable {
    private static let interval: Duration = .seconds(1)

    let budgets: BudgetLedger
    let database: SQLiteDatabase
    let clocks: Clocks
    let logger: Logger
    var sleeper: Sleeper = .system

    /// Keeps what has changed, time and again, until its task is cancelled.
    func run() async {
        var couldKeep = true
        while true {
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: Self.interval))
            } catch {
                return
            }
            let error = await self.keep()
            // Said once: the store says itself how long it cannot be written.
            if let error, couldKeep { self.complain(error) }
            couldKeep = error == nil
        }
    }

    /// Keeps what has changed now.
    ///
    /// - Returns: why it could not, in which case it is tried again the next time.
    func keep() async -> SQLiteError? {
        let (day, usage) = self.budgets.takeUnkept()
        guard !usage.isEmpty else { return nil }
        do throws(SQLiteError) {
            try await self.database.keep(usage, of: day)
            return nil
        } catch {
            self.budgets.noteUnkept(usage.keys)
            return error
        }
    }

    func complain(_ error: SQLiteError) {
        self.logger.error("what budgets have used cannot be kept", metadata: ["error": "\(error)"])
    }

    /// What was used today before this process began: of what the audit log remembers and what was kept the larger one.
    ///
    /// - Throws: ``SQLiteError`` where the file cannot be read.
    static func used(path: String, at now: Timestamp) throws(SQLiteError) -> [TenantID: BudgetUsage] {
        let day = BudgetLedger.startOfDay(of: now)
        return try UpstreamUsage.byTenant(path: path, since: day)
            .merging(KeptUsage.byTenant(path: path, of: day)) { .larger($0, $1) }
    }
}
