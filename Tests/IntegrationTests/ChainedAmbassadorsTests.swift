import AmbassadorTesting
import NIOCore
import NIOPosix
import Testing

@testable import ambassador

/// An ambassador whose LangFlow is another ambassador.
@Suite struct ChainedAmbassadorsTests {
    private static let inner = """
        flows:
          faq: {ttl: 1h, session: ignore, fallback: "The inner one is away."}
          brief: {ttl: 1ms, stale_if_error: 1h, session: ignore}
        """
    private static let outer = """
        flows:
          faq: {ttl: 1h, session: ignore}
          brief: {ttl: 1h, session: ignore}
        """

    private let group = MultiThreadedEventLoopGroup.singleton

    @Test("the inner one's fallback and stale answers are passed on as such and never stored; then LangFlow's are")
    func degraded() async throws {
        let langFlow = try await TestUpstream.langFlow(on: self.group)
        let (inner, outer) = (try temporaryStore(), try temporaryStore())
        try await withAmbassador(upstream: langFlow.url, store: inner, settings: Self.inner) {
            _ = try await $0.ask("q", of: "brief")
        }
        let away = try await FailurePeer.closedPort(on: self.group)
        try await withAmbassador(upstream: "http://127.0.0.1:\(away)", store: inner, settings: Self.inner) { inner in
            try await withAmbassador(upstream: inner.url, store: outer, settings: Self.outer) { outer in
                for _ in 0..<3 {
                    let fallback = try await outer.ask("q")
                    #expect(fallback.status == 200)
                    #expect(fallback.body.contains("The inner one is away."))
                    #expect(fallback.headers["x-ambassador-degraded"] == "fallback")
                    #expect(fallback.headers["cache-control"] == "no-store")
                    #expect(fallback.cacheStatus == "ambassador; fwd=miss; fwd-status=200; detail=fallback")
                    let stale = try await outer.ask("q", of: "brief")
                    #expect(stale.body.contains("answer 1 to q"))
                    #expect(stale.headers["x-ambassador-degraded"] == "stale")
                    #expect(stale.cacheStatus == "ambassador; fwd=miss; fwd-status=200; detail=degraded")
                }
                #expect(try await outer.get("/readyz").body == #"{"status":"ready","degraded":[]}"#)
            }
        }
        try await withAmbassador(upstream: langFlow.url, store: inner, settings: Self.inner) { inner in
            try await withAmbassador(upstream: inner.url, store: outer, settings: Self.outer) { outer in
                let (miss, hit) = (try await outer.ask("q"), try await outer.ask("q"))
                #expect(miss.cacheStatus == "ambassador; fwd=miss; stored")
                #expect(hit.cacheStatus.hasSuffix("detail=memory"))
            }
        }
        await langFlow.shutdown()
    }

    @Test("what the inner one refuses is passed on, and what it serves from its cache keeps its age")
    func passedOn() async throws {
        let langFlow = try await TestUpstream.langFlow(on: self.group)
        let (inner, outer) = (try temporaryStore(), try temporaryStore())
        let listed = Self.inner + "\nunlisted_flows: deny"
        try await withAmbassador(upstream: langFlow.url, store: inner, settings: listed) { inner in
            try await withAmbassador(upstream: inner.url, store: outer, settings: Self.outer) { outer in
                let unknown = try await outer.ask("q", of: "nobody")
                #expect(unknown.status == 404)
                #expect(unknown.body.contains("urn:ambassador:problem:unknown_flow"))
                _ = try await inner.ask("q")
                let hit = try await outer.ask("q")
                #expect(hit.headers["age"] == "0")
                #expect(hit.headers["x-ambassador-degraded"] == nil)
                #expect(hit.cacheStatus == "ambassador; fwd=miss; stored")
                #expect(langFlow.requests.count == 1)
            }
        }
        await langFlow.shutdown()
    }
}
