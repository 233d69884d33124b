package import AmbassadorCore

extension EntryReader {
    /// What a listed flow runs that LangFlow runs by a name, too, as the ambassador has learned it.
    ///
    /// Bound: one short row for each listed flow.
    ///
    /// - Returns: `nil` where no listed flow is known by the name.
    package func target(calledBy name: FlowName) throws(SQLiteError) -> FlowName? {
        let rows = try self.connection.prepare("SELECT name, text FROM notes WHERE name >= ? AND name < ?")
        rows.bind(FlowNameNote.prefix, at: 1)
        // Behind every name that begins with the prefix, since all are ASCII.
        rows.bind(FlowNameNote.prefix + "\u{7F}", at: 2)
        while try rows.step() {
            guard FlowNameNote(rows.text(at: 1))?.isCalled(name) == true else { continue }
            return FlowName(rows.text(at: 0).dropFirst(FlowNameNote.prefix.count).description)
        }
        return nil
    }
}
