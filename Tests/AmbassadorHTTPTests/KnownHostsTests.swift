import AmbassadorCore
import Testing

@testable import AmbassadorHTTP

@Suite("Under which names a listener is asked")
struct KnownHostsTests {
    private static let own = KnownHosts([], remedy: "")

    @Test(
        "this host's own names are known",
        arguments: [
            nil, "localhost", "LOCALHOST:8081", "127.0.0.1", "127.0.0.1:8081", "127.255.0.9:1", "[::1]", "[::1]:8081",
            "[::ffff:127.0.0.1]",
        ]
    )
    func own(_ authority: String?) {
        #expect(Self.own.contains(authority))
    }

    @Test(
        "other names are not, however they are dressed up",
        arguments: [
            "example.com", "example.com:8081", "localhost.example.com", "localhost.", "127.0.0.1.example.com",
            "127.0.0.256", "127.0.0", "128.0.0.1", "[::2]", "0.0.0.0", "admin.internal", "127.0.0.1.", "2130706433",
            "0x7f.0.0.1", "localhost_",
        ]
    )
    func foreign(_ authority: String) {
        #expect(!Self.own.contains(authority))
    }

    @Test("the listed names are known too, in any case and with any port")
    func listed() {
        let hosts = KnownHosts(["Admin.Internal", "10.0.0.5", "fd00::1"], remedy: "")
        for authority in ["admin.internal", "ADMIN.internal:8081", "10.0.0.5:1", "[fd00::1]:8081", "[FD00::1]"] {
            #expect(hosts.contains(authority), "\(authority)")
        }
        for authority in ["internal", "x.admin.internal", "10.0.0.50", "[fd00::2]"] {
            #expect(!hosts.contains(authority), "\(authority)")
        }
    }

    @Test("a call under another name is refused, recorded and told what to do; a probe is answered")
    func served() async throws {
        let witness = WitnessResponder()
        try await ServerHarness.run(
            witness,
            configure: { $0.hosts = KnownHosts(["app.internal"], remedy: "") },
            body: { server in
                for (host, status) in [("app.internal", 200), ("localhost", 200), ("evil.example", 421)] {
                    let call =
                        "POST /run-flow HTTP/1.1\r\nHost: \(host)\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1\r\n\r\n1"
                    let probe = "GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
                    // Twice, so that the second one is judged as one of a known pattern.
                    let (messages, _) = try await server.exchange(Array((call + call + probe).utf8))
                    #expect(messages.map(\.status) == [status, status, 200], "\(host)")
                }
            }
        )
        #expect(witness.refused.map(\.refusal.kind) == [.misdirected, .misdirected])
        #expect(witness.decided.count == 4)
    }
}
