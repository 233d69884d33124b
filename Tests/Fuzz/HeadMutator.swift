import AmbassadorTesting

/// Makes request heads that are right, nearly right and wrong, mostly by small changes of right ones.
struct HeadMutator {
    private var random: SeededGenerator

    init(seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
    }

    private static let lines = [
        "Host: localhost", "Host: 127.0.0.1:8080", "Content-Type: application/json", "Accept: text/plain",
        "Accept: */*",
        "User-Agent: python-requests/2.32.3", "Connection: keep-alive", "Connection: close", "X-API-Key: key-1",
        "X-Tenant-ID: acme", "Cache-Control: no-cache", "Authorization: Bearer abc.def.ghi",
        "Accept-Encoding: gzip, deflate",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate: vendor=1,other=2",
        "X-Trace-ID: 4bf92f3577b34da6a3ce929d0e0e4736", "X-Request-ID: 7f3c", "X-LANGFLOW-GLOBAL-VAR-LANG: de",
        "traceparent: 01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-x", "tracestate: a@b=1 ,,c=2",
        "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__", "X-API-Key: key-1 ",
        "Transfer-Encoding: chunked", "Expect: 100-continue", "Upgrade: h2c", "X-Empty:", "Content-Length: 5",
    ]
    private static let targets = [
        "/run-flow", "/api/v1/run/faq", "/api/v1/run/faq?stream=false", "/nowhere", "/", "/a%20b",
    ]
    /// Bytes that mean something to some parser, and some that mean nothing to any.
    private static let hostile: [UInt8] = [
        0x00, 0x09, 0x0A, 0x0B, 0x0D, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x31, 0x3A, 0x3B, 0x5F, 0x7E, 0x7F, 0x80, 0xA0,
        0xFF,
    ]

    /// A head, and behind it content that it need not announce.
    mutating func next() -> [UInt8] {
        var request = self.rightOne()
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<4: break
        case 4..<8: self.spoil(&request)
        default: for _ in 0..<Int.random(in: 2...5, using: &self.random) { self.spoil(&request) }
        }
        return request
    }

    private mutating func rightOne() -> [UInt8] {
        let length = [1, 2, 5, 17, 100].randomElement(using: &self.random) ?? 1
        var lines = (0..<Int.random(in: 0...6, using: &self.random)).map { _ in self.pick(Self.lines) }
        lines.insert("Content-Length: \(length)", at: Int.random(in: 0...lines.count, using: &self.random))
        let head = "POST \(self.pick(Self.targets)) HTTP/1.1\r\n" + lines.joined(separator: "\r\n") + "\r\n\r\n"
        return Array(head.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: length)
    }

    private mutating func spoil(_ request: inout [UInt8]) {
        guard !request.isEmpty else { return }
        let place = Int.random(in: 0..<request.count, using: &self.random)
        switch Int.random(in: 0..<9, using: &self.random) {
        case 0: request[place] = self.hostileByte
        case 1: request.insert(self.hostileByte, at: place)
        case 2: request.remove(at: place)
        case 3: request[place] ^= 1 << UInt8.random(in: 0..<8, using: &self.random)
        case 4: request.replaceSubrange(place..<place, with: ("\r\n" + self.pick(Self.lines)).utf8)
        case 5: request.replaceSubrange(place..<place, with: request[max(0, place - 12)..<place])
        case 6: request.removeSubrange(max(0, place - 6)..<place)
        case 7: request[place] = UInt8.random(in: 0...255, using: &self.random)
        default: self.changeCase(&request, at: place)
        }
    }

    private func changeCase(_ request: inout [UInt8], at place: Int) {
        for index in place..<min(place + 8, request.count) where (0x41...0x7A).contains(request[index]) {
            request[index] ^= 0x20
        }
    }

    private var hostileByte: UInt8 { mutating get { Self.hostile.randomElement(using: &self.random) ?? 0 } }

    private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &self.random) ?? "" }
}
