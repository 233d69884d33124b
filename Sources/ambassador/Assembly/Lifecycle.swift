import ServiceLifecycle

/// A part that runs by itself and has to be ended in its turn at shutdown.
struct Ending: Service {
    let end: @Sendable () async -> Void

    func run() async throws {
        // Ended by a graceful shutdown or by a cancellation; both mean the same here.
        try? await gracefulShutdown()
        await self.end()
    }
}

/// What is done as the first thing of a shutdown, where it stands last among the services.
struct Beginning: Service {
    let act: @Sendable () -> Void

    func run() async throws {
        try? await gracefulShutdown()
        self.act()
    }
}

/// A part that is run by a closure.
struct Running: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await self.body()
    }
}
