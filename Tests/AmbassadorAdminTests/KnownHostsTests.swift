import AmbassadorCore
import AmbassadorIdentity
import Hummingbird
import NIOHTTP1
import Testing

@testable import AmbassadorAdmin

@Suite("Under which names the admin plane answers")
struct KnownHostsTests {
    private typealias Hosts = KnownHostsOnly<BasicRequestContext>

    @Test(
        "this machine's own names are known",
        arguments: [
            nil, "", "localhost", "LOCALHOST:8081", "localhost:", "127.0.0.1", "127.0.0.1:8081", "127.255.0.9:1",
            "[::1]", "[::1]:8081",
        ]
    )
    func own(_ authority: String?) {
        #expect(Hosts([]).isKnown(authority))
    }

    @Test(
        "other names are not, however they are dressed up",
        arguments: [
            "example.com", "example.com:8081", "localhost.example.com", "localhost.", "127.0.0.1.example.com",
            "127.0.0.256", "127.0.0", "127.0.0.1:x", "128.0.0.1", "[::2]", "[::1]x", "[::1", "::1", "0.0.0.0",
            "user@localhost", "localhost:80:80", "admin.internal",
        ]
    )
    func foreign(_ authority: String) {
        #expect(!Hosts([]).isKnown(authority))
    }

    @Test("the configured names are known too, in any case and with any port")
    func configured() {
        let hosts = Hosts(["Admin.Internal", "10.0.0.5", "fd00::1"])
        for authority in ["admin.internal", "ADMIN.internal:8081", "10.0.0.5:1", "[fd00::1]:8081", "[FD00::1]"] {
            #expect(hosts.isKnown(authority), "\(authority)")
        }
        for authority in ["internal", "x.admin.internal", "10.0.0.50", "fd00::1", "[fd00::2]"] {
            #expect(!hosts.isKnown(authority), "\(authority)")
        }
    }

    @Test("a foreign host and any origin are refused before a credential is looked at")
    func refused() async throws {
        try await withAdmin(OpenAuthenticator(), allowedHosts: ["admin.internal"]) { admin async throws in
            for (headers, status) in [
                ([("host", "admin.internal:8081")], 200), ([("host", "evil.example")], 403), ([], 200),
                ([("origin", "http://localhost")], 403), ([("origin", "null")], 403),
            ] as [([(String, String)], Int)] {
                #expect(try await admin.send(.GET, "/metrics", headers: headers).status == status, "\(headers)")
            }
        }
    }
}
