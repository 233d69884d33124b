/// Keeps a record of what operators changed.
package protocol AdminAudit: Sendable {
    /// Records a change; called once for each, after it was made, refused or failed, and before its caller is answered.
    ///
    /// It must not fail: what cannot be recorded is counted or logged by whoever records.
    func record(_ change: AdminChange) async
}
