import AmbassadorTesting
import Foundation
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import ambassador

/// Budgets over restarts, where the audit log alone does not remember every call.
@Suite struct BudgetRestartTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private static let settings = """
        budgets: {default: {requests_per_day: 4}}
        flows:
          faq: {ttl: 1h, session: ignore}
          brief: {ttl: 1ms, stale_while_revalidate: 1h, session: ignore}
        """

    @Test("calls that refreshed in the background are counted after a restart too")
    func refreshes() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings) { ambassador in
            _ = try await ambassador.ask("q", of: "brief")
            for calls in 2...3 {
                try await eventually("the answer is stale, and a call refreshes it") {
                    let answer = try await ambassador.ask("q", of: "brief")
                    #expect(answer.status == 200)
                    return upstream.requests.count >= calls
                }
            }
        }
        let before = upstream.requests.count
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings) { ambassador in
            for number in before..<4 {
                let answer = try await ambassador.ask("new \(number)")
                #expect(answer.status == 200)
            }
            let exhausted = try await ambassador.ask("one more")
            #expect(exhausted.status == 429)
        }
        #expect(upstream.requests.count == 4)
        await upstream.shutdown()
    }

    @Test("records that retention has pruned by number still count")
    func pruned() async throws {
        let store = try temporaryStore()
        let upstream = try await TestUpstream.langFlow(on: self.group)
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings) { ambassador in
            for number in 0..<4 { _ = try await ambassador.ask("q \(number)") }
            #expect(try await ambassador.ask("q 4").status == 429)
        }
        try await Self.withoutRecords(store)
        try await withAmbassador(upstream: upstream.url, store: store, settings: Self.settings) { ambassador in
            let exhausted = try await ambassador.ask("q 4")
            #expect(exhausted.status == 429)
        }
        #expect(upstream.requests.count == 4)
        await upstream.shutdown()
    }

    /// Does at once what retention does in time.
    private static func withoutRecords(_ store: String) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", store, "DELETE FROM audit_records"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
