import AmbassadorCore
import AmbassadorHTTP
import Testing

@Suite("Routes behind base paths")
struct RouteTableTests {
    private static func outcome(_ target: String, behind paths: [String]) throws -> String {
        let table = RouteTable(basePaths: try paths.map { try BasePath($0) })
        do throws(Refusal) {
            let target = try RequestTarget(target.utf8, host: "ambassador:8080", routes: .calls(table))
            switch target.endpoint {
            case .call(.langFlowRun(let flow)): return "run \(flow)\(try target.wantsStream() ? " stream" : "")"
            case .call(let route): return route.name.rawValue
            case .probe(let probe): return probe.rawValue
            case .flows: return "flows"
            case .own(let path, _): return path
            }
        } catch {
            return String(error.status)
        }
    }

    @Test(
        "every route is found by itself and behind each path, and nothing else is",
        arguments: [
            ("/run-flow", "run-flow"), ("/lf/acme/run-flow", "run-flow"), ("/v2/run-flow", "run-flow"),
            ("/lf/acme/api/v1/run/faq", "run faq"), ("/v2/api/v1/run/faq?stream=true", "run faq stream"),
            ("/lf/acme/api/v1/responses", "responses"), ("/lf/acme/healthz", "/healthz"), ("/v2/readyz", "/readyz"),
            ("/lf/acme/health", "/health"), ("/lf/acme/api/v1/version", "/api/v1/version"),
            ("http://ambassador:8080/lf/acme/run-flow", "run-flow"), ("/lf/acme/deeper/livez", "/livez"),
            ("/lf/acme", "404"), ("/lf/acme/", "404"), ("/lf/run-flow", "404"), ("/lf/acmerun-flow", "404"),
            ("/lf/acme/v2/run-flow", "404"), ("/v2/v2/run-flow", "404"), ("/LF/acme/run-flow", "404"),
            ("/lf/acme/api/v1/flows/", "flows"), ("/api/v1/flows", "flows"), ("/api/v1/flows/x", "404"),
            ("/lf/acme/api/v1/run/a/b", "404"), ("/lf/acme/api/v1/run/a.b", "400"),
            ("/lf/acme//run-flow", "400"), ("/lf/acme/../run-flow", "400"), ("/lf/%61cme/run-flow", "400"),
        ]
    )
    func behindBasePaths(target: String, expected: String) throws {
        #expect(try Self.outcome(target, behind: ["/lf/acme", "/v2", "/lf/acme/deeper"]) == expected)
    }

    @Test("without a base path none is taken", arguments: ["/lf/acme/run-flow", "/v2/healthz"])
    func none(target: String) throws {
        #expect(try Self.outcome(target, behind: []) == "404")
    }

    @Test(
        "a path is one of plain segments",
        arguments: ["/a", "/lf/acme", "/lf/0b1e-2c3d", "/a.b/_c~", "/...", "/api"]
    )
    func accepted(text: String) throws {
        #expect(try BasePath(text).description == text)
    }

    @Test(
        "others are refused, with what would make one route of another",
        arguments: [
            "", "/", "//", "a", "a/b", "/a/", "/a//b", "/./a", "/a/..", "/a b", "/a%20b", "/a?b", "/a#b", "/a;b",
            "/\u{E4}", "/a\n", "/api/v1/run", "/" + String(repeating: "a", count: 256),
        ]
    )
    func refused(text: String) {
        #expect(throws: InvalidValue.self) { try BasePath(text) }
    }
}
