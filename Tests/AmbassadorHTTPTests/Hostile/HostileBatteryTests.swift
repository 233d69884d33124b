import AmbassadorCore
import AmbassadorHTTP
import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

/// What no caller should send, each sent whole, byte by byte, and behind a good request, over a real socket.
@Suite("Hostile bytes") struct HostileBatteryTests {
    enum Delivery: CaseIterable {
        case whole
        case byteByByte
        case behindGood
    }

    /// A vector as it is sent, with bodies of its own so that whatever reaches the responder shows where it comes from.
    private struct Exchange {
        let vector: HostileVector
        let mark: String
        let delivery: Delivery

        init(_ vector: HostileVector, number: Int, delivery: Delivery) {
            self.vector = vector
            self.delivery = delivery
            let digits = String(
                number * Delivery.allCases.count + (Delivery.allCases.firstIndex(of: delivery) ?? 0),
                radix: 36
            )
            self.mark = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        }

        var first: [UInt8] { Array(HostileVector.call().replacing("evil", with: "f\(self.mark)").utf8) }
        var next: [UInt8] { Array(HostileVector.call().replacing("evil", with: "n\(self.mark)").utf8) }
        var bytes: [UInt8] { self.vector.bytes.replacing("evil".utf8, with: "e\(self.mark)".utf8) }

        /// The bodies that may reach the responder, and must.
        var bodies: [String] {
            var bodies: [String] = []
            if self.delivery == .behindGood { bodies.append("\"f\(self.mark)\"") }
            if case .kept = self.vector.outcome { bodies.append("\"n\(self.mark)\"") }
            return bodies
        }
    }

    private static let families: [(name: String, vectors: [HostileVector])] = [
        ("framing", FramingVectors.all), ("heads", HeadVectors.all), ("targets", TargetVectors.all),
        ("connections", ConnectionVectors.all),
    ]

    @Test("there are enough vectors, each with a name of its own")
    func count() {
        let names = Self.families.flatMap { $0.vectors.map(\.name) }
        #expect(names.count >= 1000)
        var seen: Set<String> = []
        #expect(names.filter { !seen.insert($0).inserted } == [])
    }

    @Test("what is hostile is refused, reaches nothing and hides nothing", arguments: families.map(\.name))
    func refused(family: String) async throws {
        let vectors = try #require(Self.families.first { $0.name == family }?.vectors)
        let exchanges = Delivery.allCases.flatMap { delivery in
            vectors.enumerated().map { Exchange($1, number: $0, delivery: delivery) }
        }
        let witness = WitnessResponder()
        // Longer than any exchange may last: whatever is closed, is closed for what it is.
        let configure: (inout HTTPServerConfiguration) -> Void = {
            $0.headerTimeout = .seconds(60)
            $0.bodyTimeout = .seconds(60)
            $0.lingerTimeout = .seconds(5)
        }
        try await ServerHarness.run(witness, configure: configure) { server in
            try await Self.inParallel(exchanges) { exchange in
                if let fault = try await Self.fault(of: exchange, at: server) {
                    Issue.record("\(exchange.vector.name), \(exchange.delivery): \(fault)")
                }
            }
        }
        let expected = exchanges.flatMap(\.bodies).sorted()
        let reached = witness.bodies.sorted()
        #expect(Set(reached).subtracting(expected) == [], "reached the responder and must not")
        #expect(Set(expected).subtracting(reached) == [], "did not reach the responder and must")
        #expect(reached.count == expected.count)
    }

    private static func inParallel(
        _ exchanges: [Exchange],
        _ body: @escaping @Sendable (Exchange) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, exchange) in exchanges.enumerated() {
                if position >= 32 { try await group.next() }
                group.addTask { try await body(exchange) }
            }
            try await group.waitForAll()
        }
    }

    /// Runs an exchange to its end.
    ///
    /// - Returns: What went wrong.
    private static func fault(of exchange: Exchange, at server: ServerHarness) async throws -> String? {
        let connection = try await server.connect()
        let isBehind = exchange.delivery == .behindGood
        do {
            if exchange.vector.ending == .reset {
                if isBehind {
                    try await connection.send(exchange.first)
                    // What a reset overtakes is lost; the good request shall not be.
                    _ = await connection.receive(within: .seconds(5)) { ResponseMessage.all(in: $0).count == 1 }
                }
                try await connection.send(exchange.bytes)
                try await connection.reset()
                return nil
            }
            try await Self.send(exchange, over: connection, server)
        } catch {
            // The server may close before it has all; what it said is read all the same.
        }
        let heads: Set<Int> = exchange.vector.isHEAD ? [isBehind ? 1 : 0] : []
        let fault: String?
        switch exchange.vector.outcome {
        case .kept(let status):
            let wanted = (isBehind ? [200] : []) + [status, 200]
            let bytes = await connection.receive(within: .seconds(5)) {
                ResponseMessage.all(in: $0, bodiless: heads).count >= wanted.count
            }
            let answers = ResponseMessage.all(in: bytes, bodiless: heads)
            fault = answers.map(\.status) == wanted ? nil : "\(answers)"
        case .refused(let statuses):
            let (bytes, hasEnded) = await connection.receiveToEnd(within: .seconds(5))
            var answers = ResponseMessage.all(in: bytes, bodiless: heads)
            let hasGood = !isBehind || (answers.isEmpty ? false : answers.removeFirst().status == 200)
            let isRefused =
                answers.count == 1 && statuses.contains(answers[0].status) && answers[0].field("connection") == "close"
            fault = hasGood && isRefused && hasEnded ? nil : "ended: \(hasEnded), good: \(hasGood), \(answers)"
        case .silent:
            let (bytes, hasEnded) = await connection.receiveToEnd(within: .seconds(5))
            let statuses = ResponseMessage.all(in: bytes).map(\.status)
            fault = hasEnded && statuses == (isBehind ? [200] : []) ? nil : "ended: \(hasEnded), \(statuses)"
        }
        await connection.close()
        return fault
    }

    private static func send(_ exchange: Exchange, over connection: RawConnection, _ server: ServerHarness) async throws
    {
        switch exchange.delivery {
        case .whole:
            try await connection.send(exchange.bytes + (exchange.vector.ending == .request ? exchange.next : []))
        case .byteByByte:
            try await connection.sendByteByByte(exchange.bytes, server.turns)
            if exchange.vector.ending == .request { try await connection.send(exchange.next) }
        case .behindGood:
            try await connection.send(
                exchange.first + exchange.bytes + (exchange.vector.ending == .request ? exchange.next : [])
            )
        }
        if exchange.vector.ending == .finish { try await connection.finishSending() }
    }
}
