package import NIOCore

/// Waits for a moment of the monotonic clock; injected, so that tests own time.
package struct Sleeper: Sendable {
    private let waitUntil: @Sendable (NIODeadline) async throws(CancellationError) -> Void

    /// - Parameter waitUntil: returns once the moment has come and throws as soon as its task is cancelled.
    package init(waitUntil: @escaping @Sendable (NIODeadline) async throws(CancellationError) -> Void) {
        self.waitUntil = waitUntil
    }

    /// Returns once the moment has come, at once where it is past.
    package func sleep(until deadline: NIODeadline) async throws(CancellationError) {
        try await self.waitUntil(deadline)
    }

    /// The machine's own timers.
    package static let system = Sleeper { (deadline: NIODeadline) async throws(CancellationError) in
        while true {
            let left = NIODeadline.now().duration(to: deadline)
            guard left > .zero else { return }
            do {
                // In slices, since a cancelled sleep may keep its timer's memory until it would have fired.
                try await Task.sleep(for: min(left, .seconds(60)))
            } catch {
                throw CancellationError()
            }
        }
    }
}
