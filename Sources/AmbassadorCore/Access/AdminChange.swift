/// Who changed what through the admin API, and what came of it.
package struct AdminChange: Sendable, Equatable {
    /// What came of a change.
    package enum Outcome: String, Sendable, CaseIterable {
        case done
        /// The caller may not make it; nothing was changed.
        case refused
        /// It was made in part or not at all.
        case failed
    }

    package let time: Timestamp
    /// Who asked for it; see ``Caller/principal``.
    package let principal: String
    /// The tenant of the caller's credential; `nil` where it has none.
    package let tenant: TenantID?
    /// The caller's address without its port, or `unix` for a caller on a socket of this host.
    package let client: String
    package let action: Action
    /// What was to be changed, such as `flow=faq_qa tenant=acme`.
    ///
    /// Printable ASCII of 512 bytes at most; empty where it is not known, since the request was refused unread.
    package let subject: String
    package let outcome: Outcome
    /// What changed, such as `memory=3 redis=- store=4`, or why nothing did; one line of printable ASCII.
    package let detail: String

    package init(
        time: Timestamp,
        principal: String,
        tenant: TenantID?,
        client: String,
        action: Action,
        subject: String,
        outcome: Outcome,
        detail: String
    ) {
        self.time = time
        self.principal = principal
        self.tenant = tenant
        self.client = client
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.detail = detail
    }
}
