/// Targets that lead elsewhere than they seem to, and methods that are not ours.
enum TargetVectors {
    /// What a target never has (SPEC §2), and what would end the request line.
    private static let refusedBytes: Set<UInt8> = Set(0...0x20).union(0x7F...0xFF).union("%\\;#?".utf8)

    static let bytes: [HostileVector] = (0...255).map { (byte: UInt8) in
        HostileVector(
            "\(HostileVector.hexadecimal(byte)) in a target",
            HostileVector.bytes(
                "POST /run-flow",
                [byte],
                "x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n\"evil\""
            ),
            refusedBytes.contains(byte) ? .refused([400, 505]) : .kept(404)
        )
    }

    static let escapes: [HostileVector] = [
        "%", "%2", "%zz", "%00", "%0a", "%0d", "%0d%0aX:y", "%20", "%09", "%23", "%25", "%2e", "%2E", "%2e%2e",
        "%2E%2e", "%2e%2e/",
        "%2e%2e%2f", "..%2f", "%2f", "%2F", "%5c", "%5C", "%252e", "%252f", "%25252e", "%3b", "%3f", "%3d", "%41",
        "%61", "%7f", "%80",
        "%c0%ae", "%c0%af", "%e0%80%ae", "%ef%bc%8f", "%ff", "%u002e", "%u2215", "%uff0e", "&#46;", "%26", "%2B",
    ].flatMap { escape in
        ["/api/v1/run/faq\(escape)", "/api/v1/run/\(escape)/faq", "/\(escape)/run-flow"].map {
            HostileVector("target \($0)", HostileVector.call(start: "POST \($0) HTTP/1.1"))
        }
    }

    static let segments: [HostileVector] = [
        "//run-flow", "/./run-flow", "/../run-flow", "/x/../run-flow", "/run-flow/..", "/run-flow/.", "/run-flow/./",
        "/run-flow//",
        "///run-flow", "/run-flow//x", "/api//v1/run/faq", "/api/v1//run/faq", "/api/v1/run//faq", "/api/v1/run/./faq",
        "/api/v1/run/../flows/", "/api/v1/run/x/../faq", "/api/v1/run/faq/..", "/api/v1/run/..", "/api/v1/run/.",
        "/api/v1/run/faq//",
        "/api/../api/v1/run/faq", "/../../etc/passwd", "//evil/run-flow", "//a/run-flow", "/api/v1/run/..;/flows/",
        "/api/v1/run/faq;x=y", "/;/run-flow", "/run-flow;jsessionid=1", "/api/v1/run/faq#x", "/run-flow#",
        "/run-flow\\",
        "\\run-flow", "/\\run-flow", "/api\\v1\\run\\faq", "/..\\run-flow", "/api/v1/run/faq\\..\\x",
    ].map { HostileVector("target \($0)", HostileVector.call(start: "POST \($0) HTTP/1.1")) }

    static let elsewhere: [HostileVector] = [
        "/", "/x", "/RUN-FLOW", "/Run-Flow", "/run-flow/", "/run-flow/x", "/run-flow.", "/run-flow..", "/.run-flow",
        "/run-flowx",
        "/run_flow", "/runflow", "/run-flow,", "/run-flow:", "/run-flow:80", "/@run-flow", "/run-flow@a", "/~run-flow",
        "/run-flow=",
        "/run-flow&x=y", "/run-flow*", "/run-flow'", "/run-flow(x)", "/run-flow!", "/run-flow$", "/run-flow+", "/api",
        "/api/",
        "/api/v1", "/api/v1/run", "/api/v1/run/", "/api/v1/run/faq/", "/api/v1/run/faq/x", "/api/v1/run/advanced/faq",
        "/api/v1/run/session/faq", "/API/V1/RUN/faq", "/api/v2/run/faq", "/api/v1/RUN/faq", "/api/v1/flow/",
        "/.../run-flow",
        "/api/v1/validate/code", "/api/v1/webhook/faq", "/api/v1/custom_component", "/.git/config", "/.env",
        "/server-status",
    ].map { HostileVector("target \($0)", HostileVector.call(start: "POST \($0) HTTP/1.1"), .kept(404)) }

    static let flows: [HostileVector] = [
        "{0af76519-16cd-43dd-8448-eb211c80319c}", "urn:uuid:0af76519-16cd-43dd-8448-eb211c80319c",
        "0af7651916cd43dd8448eb211c80319c",
        "0AF76519-16CD-43DD-8448-EB211C80319C", "0af76519-16cd-43dd-8448-EB211C80319C",
        "0af7-651916cd43dd8448eb211c80319c",
        "0af76519-16cd43dd8448eb211c80319c", "-0af7651916cd43dd8448eb211c80319c", "0af7651916cd43dd8448eb211c80319c-",
        "0af76519--16cd-43dd-8448-eb211c80319c", "0AF7651916CD43DD8448EB211C80319C",
        "０af76519-16cd-43dd-8448-eb211c80319c",
        "(0af76519-16cd-43dd-8448-eb211c80319c)", "\"0af76519-16cd-43dd-8448-eb211c80319c\"",
        "0af76519-16cd-43dd-8448-eb211c80319c,",
        "faq.", ".faq", "faq.x", "faq,x", "faq:x", "faq@x", "faq!", "faq$", "faq&x", "faq'", "faq(x)", "faq*", "*",
        "faq+x", "faq=x",
        "faq~", "~faq", "faq|x", "faq^", "faq`", "<faq>", "[faq]", "caf\u{E9}", "cafe\u{301}", "\u{202E}faq",
        "faq\u{200B}",
        String(repeating: "a", count: 129), String(repeating: "a", count: 4096), "a:b:c", "..faq..", "...",
    ].enumerated().map {
        HostileVector("flow \($0), \($1.prefix(40))", HostileVector.call(start: "POST /api/v1/run/\($1) HTTP/1.1"))
    }

    static let queries: [HostileVector] = [
        "/run-flow?stream=true", "/run-flow?x-api-key=evil", "/run-flow?a", "/run-flow??",
        "/healthz?x=y",
        "/api/v1/run/faq?stream", "/api/v1/run/faq?stream=", "/api/v1/run/faq?stream=maybe",
        "/api/v1/run/faq?stream=2", "/api/v1/run/faq?stream=true/", "/api/v1/run/faq?stream=false&stream=true",
        "/api/v1/run/faq?stream=false&stream=false", "/api/v1/run/faq?stream=false&", "/api/v1/run/faq?&stream=false",
        "/api/v1/run/faq?Stream=false", "/api/v1/run/faq?STREAM=false", "/api/v1/run/faq?stream=false;x=y",
        "/api/v1/run/faq?stream=false%26x-api-key=y", "/api/v1/run/faq?str%65am=false",
        "/api/v1/run/faq?stream[]=false",
        "/api/v1/run/faq?stream==false", "/api/v1/run/faq?x-api-key=evil", "/api/v1/run/faq?X-API-KEY=evil",
        "/api/v1/run/faq?api_key=evil", "/api/v1/run/faq?user_id=1", "/api/v1/run/faq?session_id=1",
        "/api/v1/run/faq?tweaks={}",
        "/api/v1/run/faq?stream=false&x-api-key=evil", "/api/v1/run/faq?x-api-key=evil&stream=false",
        "/api/v1/run/faq?token=x",
        "/api/v1/run/faq?stream=false?stream=true", "/api/v1/run/faq?stream=false#x",
        "/api/v1/run/faq?stream=false/../x",
        "/api/v1/run/faq?stream=+false", "/api/v1/run/faq?stream=false+", "/api/v1/run/faq?stream='false'",
        "/api/v1/run/faq?=false",
        "/api/v1/run/faq?stream=FA LSE", "/api/v1/run/faq?" + (0..<1000).map { "a\($0)=b" }.joined(separator: "&"),
    ].map { target in
        let start = target.hasPrefix("/healthz") ? "GET \(target) HTTP/1.1" : "POST \(target) HTTP/1.1"
        return HostileVector("target \(target.prefix(60))", HostileVector.call(start: start))
    }

    static let authorities: [HostileVector] = [
        "http://b/run-flow", "http://a:81/run-flow", "http://a:080/run-flow", "http://a:443/run-flow",
        "http://a:80:80/run-flow",
        "http://a@b/run-flow", "http://b@a/run-flow",
        "http://a.b/run-flow", "http:///run-flow",
        "http://a", "http://a?x", "http:/a/run-flow", "http:a/run-flow", "http:\\\\a\\run-flow", "http://a\\run-flow",
        "https://a/run-flow",
        "ftp://a/run-flow", "file:///run-flow", "ws://a/run-flow", "gopher://a/run-flow", "javascript:run-flow",
        "a/run-flow",
        "http://a/run-flow#x", "http://a//run-flow", "http://a/../run-flow", "http://a/%72un-flow",
        "http://[::1]/run-flow",
        "http://127.0.0.1/run-flow", "http://169.254.169.254/latest/meta-data/", "http://a%00b/run-flow",
        "http://a /run-flow",
        "http://a::/run-flow", "http://a:x/run-flow", "http://user:pass@a/run-flow", "http//a/run-flow",
        "://a/run-flow",
    ].map { HostileVector("target \($0)", HostileVector.call(start: "POST \($0) HTTP/1.1")) }

    /// Methods that the parser knows: another answer than 405 would mean that a route takes them.
    static let methods: [HostileVector] =
        [
            "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
            "PROPPATCH", "SEARCH",
            "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE", "M-SEARCH",
            "NOTIFY", "SUBSCRIBE",
            "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "QUERY", "SOURCE",
        ].map { HostileVector("method \($0)", HostileVector.call(start: "\($0) /run-flow HTTP/1.1"), .kept(405)) }

    static let probes: [HostileVector] = [
        HostileVector("method HEAD", HostileVector.call(start: "HEAD /run-flow HTTP/1.1"), .kept(405), isHEAD: true),
        HostileVector("GET of a flow", HostileVector.call(start: "GET /api/v1/run/faq HTTP/1.1"), .kept(405)),
        HostileVector("GET of nothing", HostileVector.call(start: "GET /x HTTP/1.1"), .kept(404)),
        HostileVector("HEAD of nothing", HostileVector.call(start: "HEAD /x HTTP/1.1"), .kept(404), isHEAD: true),
        HostileVector("a probe with a body", HostileVector.call(start: "GET /healthz HTTP/1.1"), .kept(200)),
        HostileVector("HEAD of a probe", HostileVector.call(start: "HEAD /readyz HTTP/1.1"), .kept(200), isHEAD: true),
        HostileVector("POST to a probe", HostileVector.call(start: "POST /livez HTTP/1.1"), .kept(405)),
        HostileVector("DELETE of a probe", HostileVector.call(start: "DELETE /healthz HTTP/1.1"), .kept(405)),
    ]

    static let noMethods: [HostileVector] = [
        "post", "Post", "pOST", "POSTT", "POS", "POSTPOST", "GETPOST", "FOO", "X", "PO ST", "POST,", "POST;", "POST:",
        "P\"OST", "G=\"X\"",
        "(POST)", "PÖST", "\u{1F600}", "POST\u{0}", "P\u{7F}OST", "POST\\", "POST/", "0", "-", "*", "%50OST", "SSH-2.0",
        "PRI",
        "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER", "REDIRECT",
        "RECORD", "FLUSH",
        String(repeating: "A", count: 200), String(repeating: "A", count: 20_000),
    ].enumerated().map {
        HostileVector(
            "no method \($0), \($1.prefix(20))",
            HostileVector.call(start: "\($1) /run-flow HTTP/1.1"),
            .refused([400, 414, 431, 501, 505])
        )
    }

    static let all =
        bytes + escapes + segments + elsewhere + flows + queries + authorities + methods + probes + noMethods
}
