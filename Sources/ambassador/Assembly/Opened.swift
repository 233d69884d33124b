/// What was opened at the start and has to be closed, at the end or when a later part of the start fails.
struct Opened: Sendable {
    private var closings: [@Sendable () async -> Void] = []

    mutating func add(_ close: @escaping @Sendable () async -> Void) {
        self.closings.append(close)
    }

    /// Closes what was opened last first: it may use what was opened before it.
    func close() async {
        for close in self.closings.reversed() { await close() }
    }
}
