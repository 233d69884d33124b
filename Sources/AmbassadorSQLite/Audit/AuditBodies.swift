/// Which texts of a request the audit log keeps.
package enum AuditBodies: String, Sendable, CaseIterable {
    /// Neither.
    case none
    /// What was asked.
    case input
    /// What was asked and what was answered.
    case both
}
