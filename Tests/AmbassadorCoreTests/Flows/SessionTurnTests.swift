import AmbassadorTesting
import Logging
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("First turns and the sessions that follow them")
struct SessionTurnTests {
    private static func session(of response: Response) throws -> String {
        let document = try JSONParser.parse(ByteBuffer(string: response.text))
        return try #require(document["session_id"]?.string?.text)
    }

    private static func metric(_ harness: Harness, _ name: String) -> String? {
        String(buffer: PrometheusText.render(harness.registry)).split(separator: "\n").first {
            $0.hasPrefix("ambassador_\(name){flow=\"faq\"}")
        }
        .map { String($0.split(separator: " ")[1]) }
    }

    @Test(
        "a first turn is cached, and a session that goes on after a hit is counted",
        arguments: [SessionMode.bypass, .key]
    )
    func cached(mode: SessionMode) async throws {
        let harness = Harness(flows: ["faq": .cached { $0.session = mode }])
        let miss = await harness.ask("q")
        _ = await harness.ask("and then?", session: try Self.session(of: miss))
        #expect(Self.metric(harness, "sessions_continued_total") == "0")
        let hit = await harness.ask("q")
        #expect(hit.cacheStatusText?.contains("hit") == true)
        let session = try Self.session(of: hit)
        for turn in 1...2 {
            #expect(await harness.ask("and then, \(turn)?", session: session).status == 200)
            #expect(Self.metric(harness, "sessions_continued_total") == "\(turn)")
        }
    }

    @Test(
        "first turns that bypass the caches always reach LangFlow, whose memory has them",
        arguments: [SessionMode.bypass, .key]
    )
    func bypassed(mode: SessionMode) async throws {
        let settings = FlowSettings.cached {
            $0.session = mode
            $0.firstTurns = .bypass
        }
        let harness = Harness(flows: ["faq": settings])
        for _ in 0..<2 {
            #expect(await harness.ask("q").cacheStatusText == "ambassador; fwd=bypass; detail=session")
        }
        let previous = ByteBuffer(string: #"{"model":"faq","input":"q"}"#)
        #expect(
            await harness.send(previous, to: .responses).cacheStatusText == "ambassador; fwd=bypass; detail=session"
        )
        #expect(harness.upstream.calls.count == 3)
    }

    @Test("a flow without memory has no turns")
    func ignored() async throws {
        let settings = FlowSettings.cached {
            $0.session = .ignore
            $0.firstTurns = .bypass
        }
        let harness = Harness(flows: ["faq": settings])
        _ = await harness.ask("q")
        let hit = await harness.ask("q")
        #expect(hit.cacheStatusText?.contains("hit") == true)
        _ = await harness.ask("r", session: try Self.session(of: hit))
        #expect(Self.metric(harness, "sessions_continued_total") == "0")
    }

    @Test("a session that is fresh for each call is seen in the metric")
    func freshSessions() async throws {
        let harness = Harness(flows: ["faq": .cached { $0.session = .key }])
        for index in 0..<SessionHabits.sessionsMin { _ = await harness.ask("q", session: "s\(index)") }
        #expect(Self.metric(harness, "sessions_once_ratio") == "1")
    }
}
