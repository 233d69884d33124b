import AmbassadorCore
import Logging

/// Records each change through the admin API: in the process's log, and where the audit log is kept.
struct ChangeRecorder: Sendable {
    /// `nil` where the log is all there is.
    let audit: (any AdminAudit)?
    let clocks: Clocks
    let logger: Logger

    /// Records what came of a change that the caller of a request wanted.
    func record(
        _ action: Action,
        of subject: String,
        _ outcome: AdminChange.Outcome,
        _ detail: String,
        in request: AdminRequest
    ) async {
        let change = AdminChange(
            time: self.clocks.wall(),
            principal: request.caller.principal,
            tenant: request.caller.tenant,
            client: request.client,
            action: action,
            subject: subject,
            outcome: outcome,
            detail: detail
        )
        self.logger.notice(
            "a change through the admin API",
            metadata: [
                "principal": "\(change.principal)", "tenant": "\(change.tenant?.description ?? "-")",
                "client.address": "\(change.client)", "change.action": "\(change.action.rawValue)",
                "change.subject": "\(change.subject)", "change.outcome": "\(change.outcome.rawValue)",
                "change.detail": "\(change.detail)",
            ]
        )
        await self.audit?.record(change)
    }
}
