import ArgumentParser

/// How many rows of a result are shown.
struct LimitOption: ParsableArguments {
    /// More rows than any file holds.
    private static let rowsMax = 1_000_000_000_000

    @Option(name: .long, help: ArgumentHelp("At most so many rows, the newest; 0 for all.", valueName: "rows"))
    var limit = 100

    init() {}

    func validate() throws {
        guard (0...Self.rowsMax).contains(self.limit) else { throw ValidationError("--limit is 0 to \(Self.rowsMax).") }
    }

    /// `nil` where all are wanted.
    var rows: Int? { self.limit == 0 ? nil : self.limit }

    /// Says that there are more, so that nobody takes a part for the whole; `what` names the rows, as in `newest 100 records`.
    func tellOfMore(_ order: String, _ what: String, on notes: any TextOutput) {
        notes.tell("showing the \(order) \(self.limit) \(what); --limit 0 for all\n")
    }
}
