import AmbassadorTesting

/// What turns a connection into something else: options, upgrades, expectations, other protocols, sudden ends.
enum ConnectionVectors {
    static let options: [HostileVector] = [
        "content-length", "Content-Length", "Host", "host", "Authorization", "x-api-key", "X-API-Key", "X-Tenant-ID",
        "x-tenant",
        "transfer-encoding", "Content-Type", "Content-Encoding", "Expect", "Cookie", "traceparent", "X-Trace-ID",
        "Accept",
        "Cache-Control", "X-LANGFLOW-GLOBAL-VAR-A", "close, Content-Length", "Content-Length, close", "keep-alive,host",
        " host ",
        "close,\thost", ",host", "host,", "x, y, authorization", "close, close, host", "Connection, host",
    ].map { HostileVector("Connection: \($0)", HostileVector.call("Connection: \($0)\r\nContent-Length: 6")) }

    static let repeated: [HostileVector] = [
        "X-Tenant-ID: a\r\nX-Tenant-ID: a", "X-Tenant-ID: a\r\nx-tenant-id: b", "Authorization: a\r\nAuthorization: a",
        "Authorization: Bearer a\r\nauthorization: Bearer b", "X-API-Key: a\r\nx-api-key: b",
        "X-API-Key: a\r\nX-API-Key: a",
        "Content-Type: application/json", "Content-Type: text/plain",
        "X-LANGFLOW-GLOBAL-VAR-A: 1\r\nx-langflow-global-var-a: 2",
        "X-LANGFLOW-GLOBAL-VAR-A.B: 1", "X-LANGFLOW-GLOBAL-VAR-A: \u{1}",
        "X-LANGFLOW-GLOBAL-VAR-\(String(repeating: "A", count: 129)): 1",
    ].map { HostileVector("fields \($0.prefix(50))", HostileVector.call("\($0)\r\nContent-Length: 6")) }

    /// What is read from the head alone, and kept or closed by it.
    static let unmet: [HostileVector] = [
        HostileVector("Expect: x", HostileVector.call("Expect: x\r\nContent-Length: 6"), .refused([417])),
        HostileVector("Expect: 200-ok", HostileVector.call("Expect: 200-ok\r\nContent-Length: 6"), .refused([417])),
        HostileVector(
            "Expect: 100-continue, x",
            HostileVector.call("Expect: 100-continue, x\r\nContent-Length: 6"),
            .refused([417])
        ),
        HostileVector(
            "Expect: 100-continuex",
            HostileVector.call("Expect: 100-continuex\r\nContent-Length: 6"),
            .refused([417])
        ),
        HostileVector(
            "an expectation of too long a body",
            HostileVector.call("Expect: 100-continue\r\nContent-Length: 9999999"),
            .refused([413])
        ),
        HostileVector(
            "an expectation of nothing",
            HostileVector.call("Expect: 100-continue\r\nContent-Length: 6", start: "POST /x HTTP/1.1"),
            .refused([404])
        ),
        HostileVector(
            "an expectation by another method",
            HostileVector.call("Expect: 100-continue\r\nContent-Length: 6", start: "PUT /run-flow HTTP/1.1"),
            .refused([405])
        ),
        HostileVector(
            "an expectation of another type",
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n\"evil\"",
            .refused([415])
        ),
        HostileVector(
            "an expectation with a broken length",
            HostileVector.call("Expect: 100-continue\r\nContent-Length: +6")
        ),
    ]

    static let types: [HostileVector] =
        [
            "text/plain", "application/jsonx", "application/json; charset=latin1", "application/json; charset=utf-16",
            "application/json; charset=latin1; x=y", "application/json; charset", "application/json,text/plain",
            "application/x-json",
            "application/problem+json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a",
            "text/json", "json", "*/*",
            "", "application/json; charset =utf-8", "application/json charset=utf-8", "application", "/json",
            "application/ json",
        ].map { type in
            HostileVector(
                "Content-Type: \(type)",
                "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: 6\r\n\r\n\"evil\"",
                .kept(415)
            )
        }

    static let encodings: [HostileVector] = ["gzip", "br", "zstd", "deflate", "identity", "identity,gzip", "x", ""].map
    { coding in
        HostileVector(
            "Content-Encoding: \(coding)",
            HostileVector.call("Content-Encoding: \(coding)\r\nContent-Length: 6"),
            .kept(415)
        )
    }

    /// Nothing is ever upgraded: the answer is an ordinary one, and what follows is the next request.
    static let upgrades: [HostileVector] = ["h2c", "websocket", "HTTP/2.0", "TLS/1.2", "foo", "", "h2c, websocket"]
        .flatMap {
            (protocolName: String) -> [HostileVector] in
            [
                upgrade(to: protocolName, start: "GET /healthz HTTP/1.1", status: 200),
                upgrade(to: protocolName, start: "GET /x HTTP/1.1", status: 404),
                upgrade(to: protocolName, start: "PUT /run-flow HTTP/1.1", status: 405),
            ]
        }

    private static func upgrade(to protocolName: String, start: String, status: Int) -> HostileVector {
        HostileVector(
            "Upgrade: \(protocolName) of \(start)",
            "\(start)\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: \(protocolName)\r\n\r\n",
            .kept(status)
        )
    }

    static let upgradesToHTTP2: [HostileVector] = [
        HostileVector(
            "an upgrade to HTTP/2 with settings",
            "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            .kept(404)
        )
    ]

    private static let noise: [UInt8] = {
        var random = SeededGenerator(seed: 64)
        return (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
    }()

    static let texts: [HostileVector] = [
        ("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("an SSH banner", "SSH-2.0-OpenSSH_9.2p1\r\n"),
        (
            "HTTP/2's preface and a frame",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u{0}\u{0}\u{0}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}"
        ),
        ("a PROXY 1 line", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), ("a PROXY 1 line of nothing", "PROXY UNKNOWN\r\n"),
        ("SMTP", "EHLO evil\r\n"), ("Redis", "*1\r\n$4\r\nPING\r\n"), ("Redis inline", "SET a b\r\n"),
        ("memcached", "get a\r\n"),
        ("FTP", "USER evil\r\n"), ("SIP", "INVITE sip:a SIP/2.0\r\n\r\n"),
        ("RTSP", "DESCRIBE rtsp://a RTSP/1.0\r\n\r\n"),
        ("JSON", #"{"flow_id":"faq","input":"evil"}"#), ("HTTP/0.9", "GET /\r\n"),
        ("empty lines and noise", "\r\n\r\n\u{1}"),
        ("a response", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ].map { HostileVector($0.0, $0.1, .refused([400, 414, 431, 501, 505])) }

    private static let binaries: [(String, [UInt8])] = [
        ("a TLS 1.2 hello", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 64)),
        ("an SSL 2 hello", [0x80, 0x2E, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10] + [UInt8](repeating: 7, count: 37)),
        ("a TLS alert", [0x15, 3, 3, 0, 2, 2, 0x28]), ("SOCKS 5", [5, 1, 0]),
        ("SOCKS 4", [4, 1, 0, 80, 1, 2, 3, 4, 0]),
        (
            "a PROXY 2 header",
            [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, 12]
                + [UInt8](repeating: 1, count: 12)
        ),
        ("64 KiB of noise", noise), ("1 KiB of zeros", [UInt8](repeating: 0, count: 1024)),
        ("1 KiB of 0xFF", [UInt8](repeating: 0xFF, count: 1024)),
        ("a FastCGI record", [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        ("LDAP", [0x30, 0x0C, 2, 1, 1, 0x60, 7]),
    ]

    static let protocols: [HostileVector] = binaries.map {
        HostileVector($0.0, $0.1, .refused([400, 414, 431, 501, 505]))
    }

    private static let plain = Array(HostileVector.call().utf8)
    private static let chunks = Array(HostileVector.chunked("6\r\n\"evil\"\r\n0\r\nX-A: b\r\n\r\n").utf8)

    /// A request that is cut off behind each of its bytes.
    static let cuts: [HostileVector] = (1..<plain.count).map {
        HostileVector("cut behind byte \($0)", plain.prefix($0), ending: .finish)
    }

    static let chunkCuts: [HostileVector] = (chunks.count - 40..<chunks.count).map {
        HostileVector("chunks cut behind byte \($0)", chunks.prefix($0), ending: .finish)
    }

    static let silences: [HostileVector] = [
        HostileVector("nothing at all", "", .silent, ending: .finish),
        HostileVector("an empty line", "\r\n", .silent, ending: .finish),
        HostileVector("many empty lines", String(repeating: "\r\n", count: 1000), .silent, ending: .finish),
    ]

    static let resets: [HostileVector] = stride(from: 1, to: plain.count, by: 7).map {
        HostileVector("reset behind byte \($0)", plain.prefix($0), .silent, ending: .reset)
    }

    static let all =
        options + repeated + unmet + types + encodings + upgrades + upgradesToHTTP2 + texts + protocols + cuts
        + chunkCuts
        + silences + resets
}
