/// Heads that break the grammar, byte for byte.
enum HeadVectors {
    private static let token: Set<UInt8> = Set("!#$%&'*+-.^_`|~0123456789".utf8)
        .union(UInt8(ascii: "A")...UInt8(ascii: "Z")).union(UInt8(ascii: "a")...UInt8(ascii: "z"))

    /// Each byte that is not one of a token, within a name; the colon ends a name.
    private static let otherBytes: [UInt8] = (0...255).filter { !token.contains($0) && $0 != UInt8(ascii: ":") }

    static let names: [HostileVector] = otherBytes.map { name($0, "in", "X", "A") }

    /// Some of them at a name's start and at its end, where parsers trim.
    static let nameEnds: [HostileVector] = otherBytes.filter {
        $0 <= 0x20 || $0 == 0x7F || $0 == 0x80 || $0 == 0xA0 || $0 == 0xFF
    }
    .flatMap { [name($0, "before", "", "XA"), name($0, "behind", "XA", "")] }

    private static func name(_ byte: UInt8, _ place: String, _ before: String, _ after: String) -> HostileVector {
        HostileVector(
            "\(HostileVector.hexadecimal(byte)) \(place) a name",
            HostileVector.bytes(
                "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(before)",
                [byte],
                "\(after): b\r\nContent-Length: 6\r\n\r\n\"evil\""
            )
        )
    }

    private static let controlBytes: [UInt8] = Array(0x00...0x08) + Array(0x0A...0x1F) + [0x7F]

    static let values: [HostileVector] = controlBytes.map { byte in
        HostileVector(
            "\(HostileVector.hexadecimal(byte)) in a value",
            HostileVector.bytes(
                "POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-A: b",
                [byte],
                "c\r\nContent-Length: 6\r\n\r\n\"evil\""
            )
        )
    }

    /// Names whose values change what is answered or to whom.
    static let judgedValues: [HostileVector] = [
        "Authorization", "X-Tenant-ID", "Content-Type", "Accept", "Expect", "X-LANGFLOW-GLOBAL-VAR-A", "Host",
        "Transfer-Encoding", "Content-Length",
    ].flatMap { (name: String) -> [HostileVector] in
        ([0x80, 0xA0, 0xE9, 0xFF] as [UInt8]).map { byte in judged(name, byte) }
    }

    private static func judged(_ name: String, _ byte: UInt8) -> HostileVector {
        let usual = ["Host: a", "Content-Type: application/json", "Content-Length: 6"].filter { !$0.hasPrefix(name) }
        let head = "POST /run-flow HTTP/1.1\r\n\(usual.joined(separator: "\r\n"))\r\n\(name): a"
        return HostileVector(
            "\(HostileVector.hexadecimal(byte)) in \(name)",
            HostileVector.bytes(head, [byte], "\r\n\r\n\"evil\"")
        )
    }

    static let lines: [HostileVector] = [
        ("POST /run-flow HTTP/1.1\nHost: a\r\nContent-Length: 6\r\n\r\n\"evil\"", "LF after the request line"),
        ("POST /run-flow HTTP/1.1\rHost: a\r\nContent-Length: 6\r\n\r\n\"evil\"", "CR after the request line"),
        (
            "POST /run-flow HTTP/1.1\r\r\nHost: a\r\nContent-Length: 6\r\n\r\n\"evil\"",
            "CR CR LF after the request line"
        ),
        ("POST /run-flow HTTP/1.1\r\nHost: a\nContent-Length: 6\r\n\r\n\"evil\"", "LF after Host"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\rContent-Length: 6\r\n\r\n\"evil\"", "CR after Host"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\r\nContent-Length: 6\r\n\r\n\"evil\"", "CR CR LF after Host"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\n\rContent-Length: 6\r\n\r\n\"evil\"", "LF CR after Host"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\n\r\n\"evil\"", "LF after the last field"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\n\n\"evil\"", "LF LF at the end"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\n\"evil\"", "LF as the empty line"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\"evil\"", "CR as the empty line"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\rX\"evil\"", "CR X as the empty line"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\r\n\r\n\"evil\"", "CR CR LF after the last field"),
        ("POST /run-flow HTTP/1.1\r\n Host: a\r\nContent-Length: 6\r\n\r\n\"evil\"", "a fold before the first field"),
        ("POST /run-flow HTTP/1.1\r\n\tHost: a\r\nContent-Length: 6\r\n\r\n\"evil\"", "a tab before the first field"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\n b\r\nContent-Length: 6\r\n\r\n\"evil\"", "a folded Host"),
        ("POST /run-flow HTTP/1.1\r\nHost:\r\n a\r\nContent-Length: 6\r\n\r\n\"evil\"", "a Host on the second line"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 6\r\n\r\n\"evil\"", "a length on the second line"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\nContent-Length: 6\r\n\r\n\"evil\"", "a fold"),
        (
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\nContent-Length: 6\r\n\r\n\"evil\"",
            "a fold with a tab"
        ),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nX-A: b\r\n \r\nContent-Length: 6\r\n\r\n\"evil\"", "an empty fold"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n \r\n\r\n\"evil\"", "a fold before the end"),
        (
            "POST /run-flow HTTP/1.1\r\nHost: a\r\nNonsense\r\nContent-Length: 6\r\n\r\n\"evil\"",
            "a line without a colon"
        ),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\n: x\r\nContent-Length: 6\r\n\r\n\"evil\"", "an empty name"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\n:\r\nContent-Length: 6\r\n\r\n\"evil\"", "a colon alone"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\n::\r\nContent-Length: 6\r\n\r\n\"evil\"", "two colons"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length : 6\r\n\r\n\"evil\"", "a blank before the colon"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nContent-Length\t: 6\r\n\r\n\"evil\"", "a tab before the colon"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\nPOST /run-flow HTTP/1.1\r\n\r\n", "a request line among the fields"),
        ("POST /run-flow HTTP/1.1\r\nHost: a\r\n=?: b\r\nContent-Length: 6\r\n\r\n\"evil\"", "signs for a name"),
    ].map { HostileVector($0.1, $0.0, .refused([400, 505])) }

    static let hosts: [HostileVector] =
        [
            "", "a, b", "a,b", "a@b", "@", "a/", "x/y", "/", "a b", ":", ":80", "a:0", "a:00080x", "a:65536",
            "a:99999",
            "a:123456", "a:x", "a:-1", "a:+80", "a: 80", "a:80:80", "a:80,b", "[::1", "::1]", "[]", "[g]", "[::1]x",
            "[::1]:x",
            "[a", "]", "[[::1]]", "[::1%25eth0]", "a?b", "a#b", "a%2e", "a%00", "%61", "a\\b", "a;b", "a=b",
            "a|b",
            "a<b", "a>b", "a\"b", "a'b", "a(b)", "a{b}", "a^b", "a`b", "a~b", "a!b", "a$b", "a&b", "a*b", "*", "a+b",
            "\u{E9}",
            "http://a", "a://b", "a\tb", String(repeating: "a", count: 256), "a\u{7F}",
        ].map { HostileVector("Host: \($0.prefix(24))", HostileVector.call(host: "Host: \($0)")) }

    static let hostLines: [HostileVector] = [
        ("no Host", "X-A: b"), ("two Hosts", "Host: a\r\nHost: a"), ("two Hosts that differ", "Host: a\r\nhost: b"),
        ("two Hosts with a field between", "Host: a\r\nX-A: b\r\nHost: b"),
        ("a Host and an empty one", "Host: a\r\nHost:"),
        ("a Host behind a blank", "Host : a"), ("a Host behind a fold", "X-A: b\r\n Host: a"),
        ("a Host with a NUL", "Host: a\u{0}b"), ("a Host with a bare LF", "Host: a\nb"),
        ("a Host with a bare CR", "Host: a\rb"),
    ].map { HostileVector($0.0, HostileVector.call(host: $0.1)) }

    static let versions: [HostileVector] = [
        "HTTP/0.9", "HTTP/1.2", "HTTP/1.3", "HTTP/1.9", "HTTP/1.10", "HTTP/1.11", "HTTP/1.01", "HTTP/01.1", "HTTP/1.32",
        "HTTP/2.0",
        "HTTP/2", "HTTP/3.0", "HTTP/3", "HTTP/9.9", "HTTP/0.0", "HTTP/0.1", "HTTP/4294967295.255", "HTTP/-1.1",
        "HTTP/1.-1", "HTTP/+1.1",
        "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/", "HTTP", "HTTP1.1", "HTTP/1,1", "HTTP/1:1", "HTTP/1 .1", "HTTP/1. 1",
        "HTTP /1.1",
        "HTTP/ 1.1", "http/1.1", "Http/1.1", "hTTP/1.1", "HTTPS/1.1", "HTTP\\1.1", "HTTP//1.1", "HTTP/1.1x",
        "HTTP/1.1/", "HTTP/1.1;x",
        "HTTP/1.1.1", "HTTP/1.x", "HTTP/x.1", "HTTP/１.1", "HTTP/1.1\u{0}", "HTTP/1.1\t", "HTTP/1.1 x",
        "HTTP/1.1 HTTP/1.1", "ICE/1.0",
        "RTSP/1.0", "SIP/2.0", "ICAP/1.0", "HTCPCP/1.0", "SHTTP/1.1", "XHTTP/1.1", "HTTX/1.1",
    ].map { HostileVector("version \($0)", HostileVector.call(start: "POST /run-flow \($0)"), .refused([400, 505])) }

    static let starts: [HostileVector] = [
        "POST", "POST ", "POST /run-flow", "POST /run-flow ", "/run-flow", " POST /run-flow HTTP/1.1",
        "\tPOST /run-flow HTTP/1.1",
        "POST\t/run-flow HTTP/1.1", "POST /run-flow\tHTTP/1.1", "POST\u{0B}/run-flow\u{0B}HTTP/1.1",
        "POST  /run-flow HTTP/1.1",
        "POST /run-flow  HTTP/1.1", "POST /run-flow HTTP/1.1 ", "POST /run flow HTTP/1.1", "POST /run-flow /x HTTP/1.1",
        "POST HTTP/1.1", "POST HTTP/1.1 /run-flow", "HTTP/1.1 POST /run-flow", "HTTP/1.1 200 OK",
        "POST\u{0} /run-flow HTTP/1.1",
        "POST /run-flow\u{0} HTTP/1.1", "POST /run\u{0}flow HTTP/1.1", "\u{0}POST /run-flow HTTP/1.1",
        "\u{FEFF}POST /run-flow HTTP/1.1",
        "POST \u{FEFF}/run-flow HTTP/1.1", "POST run-flow HTTP/1.1", "POST ./run-flow HTTP/1.1",
        "POST ../run-flow HTTP/1.1",
        "POST ?run-flow HTTP/1.1", "POST #run-flow HTTP/1.1", "POST * HTTP/1.1", "OPTIONS * HTTP/1.1",
        "POST a:80 HTTP/1.1",
        "CONNECT a:443 HTTP/1.1", "CONNECT /run-flow HTTP/1.1", "CONNECT http://a/run-flow HTTP/1.1", "X", "",
    ].map { HostileVector("start '\($0)'", HostileVector.call(start: $0), .refused([400, 405, 501, 505])) }

    static let all = names + nameEnds + values + judgedValues + lines + hosts + hostLines + versions + starts
}
