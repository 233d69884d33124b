/// A few small texts that outlive the process.
package protocol DurableNotes: Sendable {
    /// - Returns: `nil` where nothing is kept under the name, or where it cannot be read.
    func note(_ name: String) async -> String?

    /// Keeps a text in place of what was kept under the name; returns once it is on disk or cannot be.
    ///
    /// - Returns: whether it was kept; what could not be is logged by the adapter.
    @discardableResult
    func keep(_ text: String, as name: String) async -> Bool
}
