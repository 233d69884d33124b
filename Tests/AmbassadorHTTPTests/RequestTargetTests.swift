import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite struct RequestTargetTests {
    private static let uuid = "0b1e2c3d-0000-4000-8000-0123456789ab"

    /// What becomes of a target: the refusal's status, or the endpoint.
    private static func outcome(
        _ target: [UInt8],
        host: String = "ambassador:8080",
        isEncrypted: Bool = false
    ) -> String {
        do throws(Refusal) {
            let target = try RequestTarget(target, host: host, isEncrypted: isEncrypted)
            let stream = try target.wantsStream() ? " stream" : ""
            switch target.endpoint {
            case .call(.runFlow): return "run-flow" + stream
            case .call(.langFlowRun(let flow)): return "run \(flow)" + stream
            case .call(.langFlowResponses): return "langflow-responses" + stream
            case .call(.responses): return "responses" + stream
            case .call(.chatCompletions): return "chat-completions" + stream
            case .probe(let probe): return "\(probe)"
            case .flows: return "flows"
            case .own(let path, _): return "own \(path)"
            }
        } catch {
            return String(error.status)
        }
    }

    @Test(
        "a listed target is found",
        arguments: [
            ("/run-flow", "run-flow"), ("/run-flow?", "run-flow"), ("/readyz?", "ready"),
            ("/api/v1/run/faq?", "run faq"), ("http://ambassador:8080/run-flow?", "run-flow"),
            ("/api/v1/run/faq", "run faq"), ("/api/v1/run/FAQ_qa-2", "run FAQ_qa-2"),
            ("/api/v1/run/\(uuid)", "run \(uuid)"), ("/api/v1/run/admin", "run admin"),
            ("/api/v1/run/__proto__", "run __proto__"), ("/healthz", "health"), ("/livez", "live"),
            ("/readyz", "ready"), ("/health", "langFlowHealth"), ("/health_check", "langFlowHealthCheck"),
            ("/api/v1/version", "langFlowVersion"), ("/api/v1/responses", "responses"),
            ("/v1/responses", "responses"), ("/v1/chat/completions", "chat-completions"),
            ("/api/v1/chat/completions", "chat-completions"),
            ("http://ambassador:8080/run-flow", "run-flow"), ("HTTP://Ambassador:8080/api/v1/run/faq", "run faq"),
            ("http://ambassador:8080/healthz", "health"),
            ("/api/v1/run/faq?stream=true", "run faq stream"), ("/api/v1/run/faq?stream=True", "run faq stream"),
            ("/api/v1/run/faq?stream=TRUE", "run faq stream"), ("/api/v1/run/faq?stream=1", "run faq stream"),
            ("/api/v1/run/faq?stream=yes", "run faq stream"), ("/api/v1/run/faq?stream=on", "run faq stream"),
            ("/api/v1/run/faq?stream=false", "run faq"), ("/api/v1/run/faq?stream=False", "run faq"),
            ("/api/v1/run/faq?stream=0", "run faq"), ("/api/v1/run/faq?stream=no", "run faq"),
            ("/api/v1/run/faq?stream=off", "run faq"),
            ("/api/v1/run/" + String(repeating: "a", count: 128), "run " + String(repeating: "a", count: 128)),
        ]
    )
    func listed(target: String, expected: String) {
        #expect(Self.outcome(Array(target.utf8)) == expected)
    }

    @Test(
        "a target that is not listed is unknown",
        arguments: [
            "/", "/run-flow/", "/run-flowx", "/RUN-FLOW", "/Run-Flow", "/run_flow", "/run", "/api", "/api/v1/run",
            "/api/v1/run/",
            "/api/v1/run/faq/", "/api/v1/run/faq/x", "/api/v1/run/advanced/faq", "/api/v1/run/session/faq",
            "/api/v2/run/faq",
            "/API/v1/run/faq", "/api/v1/Run/faq", "/api/v1/flows/x", "/api/v1/flow/", "/api/v1/validate/code",
            "/api/v1/login",
            "/api/v1/auto_login", "/api/v1/files/upload/x", "/api/v1/build/x/flow", "/api/v1/monitor/messages",
            "/api/v1/mcp/sse",
            "/api/v1/webhook/faq", "/api/v1/process/faq", "/api/v1/users", "/api/v1/users/whoami",
            "/api/v1/custom_component",
            "/api/v1/store", "/api/v1/variables", "/api/v1/responses/", "/v1/responses/", "/v1/completions",
            "/v1/chat/completions/x", "/v2/responses", "/api/v1/config", "/docs",
            "/openapi.json",
            "/health/", "/Health", "/healthcheck", "/api/v1/version/", "/version", "/healthz/", "/healthzz", "/livez/",
            "/readyz/x", "/metrics", "/admin/v1/keys",
            "/favicon.ico",
            "/index.html", "/@evil", "/.well-known/x", "/...", "/a..b", "/run-flow.json", "/api/v1/run.", "/run-flow,x",
            "/run-flow:80",
            "/run-flow=x", "/run-flow&x", "/*", "/~", "/run-flow!", "/api/v1/run/faq/stream", "/$metadata", "/(x)",
            "/+", "/'x'",
        ]
    )
    func unlisted(target: String) {
        #expect(Self.outcome(Array(target.utf8)) == "404")
    }

    @Test(
        "a target with bytes or forms that no route has is malformed",
        arguments: [
            "", "*", "run-flow", "evil", "evil:443", "ambassador:8080", "?x", "//", "//evil/", "//evil/run-flow",
            "/run-flow//",
            "//run-flow", "/api//v1/run/faq", "/api/v1//run/faq", "/api/v1/run//faq", "/api/v1/run//",
            "/api/v1/run/../flows/",
            "/api/v1/run/..", "/api/v1/run/.", "/api/v1/run/./faq", "/./run-flow", "/../run-flow", "/.", "/..",
            "/run-flow/.",
            "/run-flow/..", "/x/../run-flow", "/api/v1/run/faq/../../flows", "/%2e%2e/run-flow", "/%2E%2e%2frun-flow",
            "/..%2f", "/api/v1/run/%252e", "/api/v1/run/%c0%ae", "/api/v1/run/%u002e", "/api/v1/run/faq%00",
            "/api/v1/run/faq%0d%0aX:y", "/api/v1/run/%", "/api/v1/run/%zz", "/%72un-flow", "/run%2Dflow",
            "/api/v1/run%2ffaq",
            "/api/v1/run/faq%20", "/api/v1/run/faq%3Fstream=true", "/%", "/run-flow%", "/run-flow\\", "\\run-flow",
            "/api\\v1\\run\\faq",
            "/api/v1/run/..\\flows", "/run-flow;a=b", "/api/v1/run/faq;a=b", "/api/v1;x/run/faq", ";", "/run-flow#frag",
            "/api/v1/run/faq#", "#", "/run-flow x", "/run flow", "/run-flow ", " /run-flow", "/run-flow\t",
            "/run-flow\u{0}",
            "/run-flow\u{7F}", "/run-flow\r", "/run-flow\n", "/api/v1/run/faq\n", "/api/v1/run/faq\u{0}",
            "/api/v1/run/f\u{1}",
            "/api/v1/run/caf\u{E9}", "/api/v1/run/cafe\u{301}", "/run\u{2010}flow", "/api/v1/run/\u{FF11}", "/\u{202E}",
            "http://evil/run-flow", "http://evil/healthz", "http://ambassador/run-flow",
            "http://ambassador:80/run-flow",
            "http://ambassador:8080", "http://ambassador:8080?x", "http://ambassador:8080@evil/run-flow",
            "http://user@ambassador:8080/run-flow", "http:///run-flow", "http://", "https://ambassador:8080/run-flow",
            "ftp://ambassador:8080/run-flow", "file:///etc/passwd", "http:/run-flow",
            "http://ambassador:8080//run-flow",
            "http://ambassador:8080/../run-flow", "javascript:alert(1)", "data:,x",
            "/run-flow?x", "/run-flow?stream=true", "/run-flow?stream=false", "/run-flow?x-api-key=k",
            "/healthz?x=1",
            "/livez?verbose", "/run-flow??", "/api/v1/run/faq?stream", "/api/v1/run/faq?stream=",
            "/api/v1/run/faq?stream=maybe", "/api/v1/run/faq?stream=2", "/api/v1/run/faq?stream=true/",
            "/api/v1/run/faq?stream=+1",
            "/api/v1/run/faq?stream=true&stream=true", "/api/v1/run/faq?stream=true&stream=false",
            "/api/v1/run/faq?stream=true&",
            "/api/v1/run/faq?&stream=true", "/api/v1/run/faq?Stream=true", "/api/v1/run/faq?STREAM=true",
            "/api/v1/run/faq?x-api-key=secret", "/api/v1/run/faq?stream=false&x-api-key=k", "/api/v1/run/faq?user_id=1",
            "/api/v1/run/faq?stream=true?x", "/api/v1/run/faq??stream=true", "/api/v1/run/faq?stream[]=true",
            "/api/v1/run/faq?" + Array(repeating: "a=b", count: 1000).joined(separator: "&"),
            "/api/v1/run/{\(uuid)}", "/api/v1/run/urn:uuid:\(uuid)", "/api/v1/run/0b1e2c3d000040008000012345678 9ab",
            "/api/v1/run/0b1e2c3d00004000800001234567 89ab", "/api/v1/run/0b1e2c3d000040008000" + "0123456789ab",
            "/api/v1/run/0b1e-2c3d0000-4000-8000-0123456789ab", "/api/v1/run/" + uuid.uppercased(),
            "/api/v1/run/faq.json", "/api/v1/run/faq@evil", "/api/v1/run/a,b", "/api/v1/run/a:b", "/api/v1/run/a+b",
            "/api/v1/run/~a",
            "/api/v1/run/" + String(repeating: "a", count: 129), "/api/v1/run/$(id)", "/api/v1/run/a'b",
            "/api/v1/run/a\"b",
            "/api/v1/run/<x>", "/api/v1/run/*", "/api/v1/run/a=b", "/api/v1/run/a&b", "/api/v1/run/!",
        ]
    )
    func malformed(target: String) {
        #expect(Self.outcome(Array(target.utf8)) == "400")
    }

    @Test(
        "the authority of a whole address is that of Host, but for the port that its scheme has anyway",
        arguments: [
            ("http://a/run-flow", "a", "run-flow"), ("http://a:80/run-flow", "a", "run-flow"),
            ("http://a/run-flow", "a:80", "run-flow"), ("http://A:/run-flow", "a:80", "run-flow"),
            ("http://a/run-flow", "a:", "run-flow"), ("http://[::1]:80/run-flow", "[::1]", "run-flow"),
            ("http://[::1]/run-flow", "[::1]:80", "run-flow"), ("http://a:8080/run-flow", "a:8080", "run-flow"),
            ("http://a:8080/run-flow", "a", "400"), ("http://a/run-flow", "a:8080", "400"),
            ("http://a:443/run-flow", "a", "400"), ("http://a:80:80/run-flow", "a:80", "400"),
            ("http://a:8080:80/run-flow", "a:8080", "400"), ("http://:80/run-flow", "a", "400"),
            ("http://[::1:80/run-flow", "[::1", "400"), ("https://a/run-flow", "a", "400"),
        ]
    )
    func authority(target: String, host: String, expected: String) {
        #expect(Self.outcome(Array(target.utf8), host: host) == expected)
    }

    @Test(
        "over TLS a whole address may say so",
        arguments: [
            ("https://a/run-flow", "a:443", "run-flow"), ("https://a:443/run-flow", "a", "run-flow"),
            ("http://a/run-flow", "a:80", "run-flow"), ("https://a:80/run-flow", "a", "400"),
            ("wss://a/run-flow", "a", "400"),
        ]
    )
    func encrypted(target: String, host: String, expected: String) {
        #expect(Self.outcome(Array(target.utf8), host: host, isEncrypted: true) == expected)
    }

    @Test("every byte that is not visible ASCII is malformed wherever it stands")
    func bytes() {
        for byte in UInt8.min...UInt8.max where !(0x21...0x7E).contains(byte) {
            #expect(Self.outcome(Array("/run-flow".utf8) + [byte]) == "400")
            #expect(Self.outcome([byte] + Array("/run-flow".utf8)) == "400")
            #expect(Self.outcome(Array("/api/v1/run/f".utf8) + [byte] + Array("q".utf8)) == "400")
        }
    }
}
