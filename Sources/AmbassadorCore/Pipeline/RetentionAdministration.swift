/// What operators may ask of retention.
package protocol RetentionAdministration: Sendable {
    /// Deletes now what is due by what the clock says now, which is believed from here on.
    ///
    /// - Returns: how many audit records and stored answers were deleted; `nil` where the store cannot be written.
    func pruneNow() async -> Int?
}
