/// Bytes that a connection may bring, and what must come of them.
struct HostileVector: Sendable {
    /// What the caller must see.
    enum Outcome: Sendable {
        /// One answer with one of these statuses that says `Connection: close`, then the end.
        case refused(Set<Int>)
        /// One answer; the next request on the connection is served.
        case kept(Int)
        /// The end, without a word.
        case silent
    }

    /// What the caller does after its last byte.
    enum Ending: Sendable {
        /// Sends another request behind, which is seen only where the connection is kept.
        case request
        /// Shuts its side down.
        case finish
        /// Resets the connection.
        case reset
    }

    let name: String
    let bytes: [UInt8]
    let outcome: Outcome
    let ending: Ending
    let isHEAD: Bool

    init(
        _ name: String,
        _ bytes: some Sequence<UInt8>,
        _ outcome: Outcome = .refused([400]),
        ending: Ending = .request,
        isHEAD: Bool = false
    ) {
        self.name = name
        self.bytes = Array(bytes)
        self.outcome = outcome
        self.ending = ending
        self.isHEAD = isHEAD
    }

    init(
        _ name: String,
        _ text: String,
        _ outcome: Outcome = .refused([400]),
        ending: Ending = .request,
        isHEAD: Bool = false
    ) {
        self.init(name, text.utf8, outcome, ending: ending, isHEAD: isHEAD)
    }

    /// A call of the six bytes `"evil"`, with the given lines after its type.
    static func call(
        _ lines: String = "Content-Length: 6",
        start: String = "POST /run-flow HTTP/1.1",
        host: String = "Host: a",
        body: String = #""evil""#
    ) -> String {
        "\(start)\r\n\(host)\r\nContent-Type: application/json\r\n\(lines)\r\n\r\n\(body)"
    }

    /// A chunked call with the given bytes for its body.
    static func chunked(_ body: String) -> String {
        self.call("Transfer-Encoding: chunked", body: body)
    }

    /// A text with some bytes in it that no text has.
    static func bytes(_ head: String, _ raw: [UInt8], _ tail: String) -> [UInt8] {
        Array(head.utf8) + raw + Array(tail.utf8)
    }

    static func hexadecimal(_ byte: UInt8) -> String {
        "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
