import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

/// What an operator reads of calls that fail.
@Suite struct CallFailuresTests {
    private static let dns = UpstreamError.unreachable(UpstreamCause(.dns, "no address of langflow.internal is known"))

    private static func harness(_ error: UpstreamError, _ log: CollectedLog) -> Harness {
        Harness(
            flows: ["faq": .cached(ttl: .zero), "other": .cached(ttl: .zero)],
            upstream: ScriptedUpstream(ScriptedUpstream.failing(error)),
            log: log
        )
    }

    @Test("each fault is said in the log once a minute, with its flow, LangFlow's address, and the system's words")
    func said() async {
        let log = CollectedLog()
        let harness = Self.harness(Self.dns, log)
        for _ in 0..<3 { _ = await harness.ask("q") }
        let line =
            "count=1 flow.name=faq reason=the host name of upstream.url cannot be resolved (no address of langflow.internal is "
            + "known) upstream.fault=dns upstream.url=http://langflow.test"
        #expect(log.lines == ["warning a call to LangFlow failed \(line)"])
        harness.upstream.follow(ScriptedUpstream.failing(.connectionLost(UpstreamCause(.reset))))
        _ = await harness.ask("q", of: "other")
        #expect(log.lines.count == 2)
        #expect(log.lines.last?.contains("flow.name=other") == true && log.lines.last?.contains("fault=reset") == true)
        harness.upstream.follow(ScriptedUpstream.failing(Self.dns))
        harness.clock.advance(by: .seconds(60))
        _ = await harness.ask("q")
        #expect(log.lines.count { $0.contains("upstream.fault=dns") && $0.contains("count=3") } == 1)
        #expect(harness.failures(.dns) == 4 && harness.failures(.reset) == 1)
    }

    @Test("a refusal by a flow's own breaker has the reason that opened it")
    func ownBreaker() async {
        var breaker = CircuitBreakerSettings()
        breaker.consecutiveFailures = 3
        let harness = Harness(
            flows: ["faq": .cached(), "other": .cached()],
            upstream: ScriptedUpstream(ScriptedUpstream.status(500, "{}")),
            breaker: breaker
        )
        for number in 0..<3 { _ = await harness.ask("q\(number)") }
        harness.upstream.follow(ScriptedUpstream.failing(.invalid(UpstreamCause(.tooLarge))))
        _ = await harness.ask("q", of: "other")
        _ = await harness.ask("q")
        #expect(harness.audit.records.last?.errorKind == .breakerOpen)
        #expect(harness.audit.records.last?.errorDetail == .upstream(.status500))
    }

    @Test("a breaker's line says which flow, which LangFlow, and why")
    func breaker() async {
        let log = CollectedLog()
        let harness = Self.harness(Self.dns, log)
        for _ in 0..<5 { _ = await harness.ask("q") }
        let opened = log.lines.filter { $0.contains("LangFlow's circuit breaker opened") }
        #expect(opened.count == 1)
        for part in ["flow.name=faq", "upstream.url=http://langflow.test", "cannot be resolved", "breaker.state=open"] {
            #expect(opened.first?.contains(part) == true)
        }
        _ = await harness.ask("q")
        #expect(harness.audit.records.last?.errorKind == .breakerOpen)
        #expect(harness.audit.records.last?.errorDetail == .upstream(.dns))
        harness.upstream.follow(ScriptedUpstream.echo)
        harness.clock.advance(by: .seconds(6))
        #expect(await harness.ask("q").status == 200)
        #expect(
            log.lines.last
                == "notice LangFlow's circuit breaker closed breaker.state=closed upstream.url=http://langflow.test"
        )
    }

    @Test("a flow's breaker says the same")
    func flowBreaker() async {
        let log = CollectedLog()
        let harness = Self.harness(.invalid(UpstreamCause(.notJSON, "offset 7")), log)
        for _ in 0..<5 { _ = await harness.ask("q") }
        let opened = log.lines.filter { $0.contains("a flow's circuit breaker opened") }
        #expect(opened.count == 1)
        for part in ["flow.name=faq", "upstream.url=http://langflow.test", "not a JSON object (offset 7)"] {
            #expect(opened.first?.contains(part) == true)
        }
    }

    @Test(
        "readiness tells a fault from the first failure on, and until LangFlow answers",
        arguments: [
            .unreachable(UpstreamCause(.certificate, "TLS: langflow.internal")),
            .connectionLost(UpstreamCause(.reset)), .timeout, .invalid(UpstreamCause(.redirect, "status 307")),
            .invalid(UpstreamCause(.contentType, "text/html")),
        ] as [UpstreamError]
    )
    func complaint(error: UpstreamError) async {
        let harness = Self.harness(error, CollectedLog())
        #expect(harness.health.complaint == nil)
        _ = await harness.ask("q")
        let fault = FetchError(error).cause?.fault
        #expect(harness.health.complaint?.hasSuffix(fault?.phrase ?? "?") == true)
        #expect(harness.health.complaint?.contains("internal") == false)
        harness.upstream.follow(ScriptedUpstream.echo)
        _ = await harness.ask("q")
        #expect(harness.health.complaint == nil)
    }

    @Test(
        "what is one flow's own is no matter of readiness",
        arguments: [
            .invalid(UpstreamCause(.tooLarge)), .invalid(UpstreamCause(.incomplete)), .invalid(UpstreamCause(.notJSON)),
        ] as [UpstreamError]
    )
    func flowsOwn(error: UpstreamError) async {
        let harness = Self.harness(error, CollectedLog())
        _ = await harness.ask("q")
        #expect(harness.health.complaint == nil)
    }

    @Test("every fault has a phrase of its own that names no host, and a word that is a metric's label")
    func phrases() {
        #expect(Set(UpstreamFault.allCases.map(\.phrase)).count == UpstreamFault.allCases.count)
        for fault in UpstreamFault.allCases {
            #expect(fault.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.isLowerOrDigit })
            #expect(!fault.phrase.isEmpty)
        }
    }
}

extension UInt8 {
    fileprivate var isLowerOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
