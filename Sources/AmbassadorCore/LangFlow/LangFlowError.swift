package import NIOCore

/// What LangFlow says in the body of an error.
package enum LangFlowError {
    /// LangFlow's message, fit for callers; see ``MessageScrubber``.
    ///
    /// LangFlow puts it in `detail`: as a string, as a string that holds JSON with a `message`, as an object with one, or as a
    /// list of what is wrong with each field.
    ///
    /// - Returns: `nil` where the body has no message or nothing of it may be shown.
    package static func message(from body: ByteBuffer) -> String? {
        guard let document = Self.parse(body), case .object = document else { return nil }
        return Self.message(in: document)
    }

    /// Whether a 4xx is LangFlow's own, or of another ambassador before it: JSON with `detail`.
    ///
    /// What stands before LangFlow, or in its place, gives pages, or other JSON. FastAPI's own words for a path or method that it does not
    /// know mean that it is another program, or another path of LangFlow's: of a flow that it does not know, LangFlow says which.
    static func isRefusal(_ answer: UpstreamAnswer) -> Bool {
        let isProblem = answer.contentType == "application/problem+json"
        guard isProblem || answer.contentType == "application/json", let document = Self.parse(answer.body),
            let detail = document["detail"]
        else { return false }
        if isProblem { return document["type"]?.string?.text.hasPrefix("urn:ambassador:problem:") ?? false }
        switch (answer.status, detail.string) {
        case (404, let text?): return !text.isEqual(to: "Not Found")
        case (405, let text?): return !text.isEqual(to: "Method Not Allowed")
        default: return true
        }
    }

    /// The same of a document that was read already.
    static func message(in document: JSONValue) -> String? {
        Self.message(in: document, nesting: 0).flatMap { MessageScrubber.scrub($0) }
    }

    private static func parse(_ bytes: ByteBuffer) -> JSONValue? {
        // An error's body that is not JSON has no message: that is all there is to say about it.
        try? JSONParser.parse(bytes, depthMax: 512)
    }

    private static func message(in value: JSONValue, nesting: Int) -> [UInt8]? {
        // `detail` over `message` within a string within a string is the deepest that LangFlow makes.
        guard nesting < 6 else { return nil }
        switch value {
        case .object:
            let members = [value["detail"], value["message"], value["error"], value["msg"]]
            return members.lazy.compactMap { $0.flatMap { Self.message(in: $0, nesting: nesting + 1) } }.first
        case .array(let problems):
            let messages = problems.prefix(3).compactMap(Self.problem)
            return messages.isEmpty ? nil : Array(messages.joined(separator: Array("; ".utf8)))
        case .string(let text):
            return Self.embedded(in: text.bytes, nesting: nesting) ?? (text.bytes.isEmpty ? nil : Array(text.bytes))
        case .null, .bool, .number:
            return nil
        }
    }

    /// The message of a JSON object that a string ends with, as in `500: {"message": …}`.
    private static func embedded(in text: ByteBufferView, nesting: Int) -> [UInt8]? {
        guard let start = text.prefix(16).firstIndex(of: UInt8(ascii: "{")),
            let document = Self.parse(ByteBuffer(text[start...]))
        else { return nil }
        return Self.message(in: document, nesting: nesting + 1)
    }

    /// One entry of a list of validation errors: `query.stream: Input should be a valid boolean`.
    private static func problem(_ problem: JSONValue) -> [UInt8]? {
        guard let message = problem["msg"]?.string else { return problem.string.map { Array($0.bytes) } }
        let names = (problem["loc"]?.array ?? []).compactMap { part in
            part.string.map { Array($0.bytes) } ?? part.count.map { Array(String($0).utf8) }
        }
        // Spaces around the dots, because a dotted name looks like a host's.
        let location = names.joined(separator: Array(" > ".utf8))
        return names.isEmpty ? Array(message.bytes) : location + Array(": ".utf8) + message.bytes
    }
}
