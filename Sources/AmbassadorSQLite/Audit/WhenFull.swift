/// What becomes of requests while the audit log can take no more records.
package enum WhenFull: String, Sendable, CaseIterable {
    /// They are refused: nothing is answered that is not recorded.
    case refuse
    /// They are answered; how many are not recorded is written once that can be.
    case serve
}
