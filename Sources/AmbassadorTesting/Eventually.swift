/// Waits until something is so that another thread or process brings about.
///
/// For what tells nobody when it comes: it is looked at every few milliseconds.
///
/// - Throws: ``NeverSo`` where it is not so after half a minute, and what `isSo` throws.
package func eventually(
    _ what: String = "what was waited for",
    fileID: String = #fileID,
    line: Int = #line,
    _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw NeverSo(what: what, place: "\(fileID):\(line)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Something that was waited for did not come.
package struct NeverSo: Error, CustomStringConvertible {
    let what: String
    let place: String

    package var description: String { "\(self.place): never so: \(self.what)" }
}
