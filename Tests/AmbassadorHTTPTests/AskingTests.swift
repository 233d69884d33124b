import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AmbassadorHTTP

/// Answers that depend on something that is asked on the connection's loop.
@Suite("Answers that are asked for") struct AskingTests {
    /// Holds what is to be told until a test has it told, on the loop that asked.
    private final class Oracle: Sendable {
        private let waiting = Mutex<[(eventLoop: any EventLoop, tell: @Sendable () -> Void)]>([])
        let recorded = Atomic<Int>(0)

        /// Decides in the way that the request's body names.
        var witness: WitnessResponder {
            WitnessResponder { request in
                .asking { tell in
                    let decision = self.decision(on: request)
                    guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else { return decision }
                    self.waiting.withLock { $0.append((eventLoop, { tell(decision) })) }
                    return nil
                }
            }
        }

        var count: Int { self.waiting.withLock { $0.count } }

        /// Tells all who wait.
        func tell() {
            let waiting = self.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for waiter in waiting { waiter.eventLoop.execute(waiter.tell) }
        }

        private func decision(on request: Request) -> Decision {
            guard String(buffer: request.body).hasPrefix("\"slow") else {
                self.recorded.add(1, ordering: .relaxed)
                return .answered(.echo(of: request))
            }
            return .pending {
                self.recorded.add(1, ordering: .relaxed)
                return .echo(of: request)
            }
        }
    }

    private static func bodies(_ connection: RawConnection, _ count: Int) async -> [String] {
        ResponseMessage.all(in: await connection.receive { ResponseMessage.all(in: $0).count >= count }).map(\.body)
    }

    @Test("requests of one connection are asked for one after another, and answered in their order")
    func order() async throws {
        let oracle = Oracle()
        try await ServerHarness.run(oracle.witness) { server in
            let connection = try await server.connect()
            let bodies = ["\"a\"", "\"slow b\"", "\"c\""]
            try await connection.send(bodies.map { ConnectionTests.post($0) }.joined())
            for _ in bodies {
                try await eventually { oracle.count == 1 }
                oracle.tell()
            }
            #expect(await Self.bodies(connection, 3) == bodies)
            await connection.close()
        }
    }

    @Test("what was asked for a caller that has left gets its record", arguments: ["\"a\"", "\"slow\""])
    func left(body: String) async throws {
        let oracle = Oracle()
        try await ServerHarness.run(oracle.witness) { server in
            let connection = try await server.connect()
            try await connection.send(ConnectionTests.post(body))
            try await eventually { oracle.count == 1 }
            try await connection.reset()
            try await eventually { server.metrics.value(.connections) == 0 }
            oracle.tell()
            try await eventually { oracle.recorded.load(ordering: .relaxed) == 1 }
        }
    }

    @Test("the last answer of a connection closes it", arguments: ["\"a\"", "\"slow\""])
    func last(body: String) async throws {
        let oracle = Oracle()
        try await ServerHarness.run(oracle.witness) { server in
            let connection = try await server.connect()
            try await connection.send(ConnectionTests.post(body, fields: ["Connection: close"]))
            try await eventually { oracle.count == 1 }
            oracle.tell()
            let (bytes, ended) = await connection.receiveToEnd()
            #expect(ended)
            #expect(ResponseMessage.all(in: bytes).map(\.body) == [body])
        }
    }
}
