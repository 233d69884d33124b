import NIOCore

/// A member of OpenAI's calls that a flow cannot follow: to ignore it would give another answer than the one asked for.
///
/// Members that are not listed are ignored: they tune a model (`temperature`, `max_tokens`), store or label (`store`, `metadata`), or
/// do not change what is asked. `docs/openai.md` lists both kinds.
struct UnsupportedMember: Sendable {
    let name: String
    /// What is wrong and what to do, after the name.
    let reason: String
    /// Whether a value asks for nothing that would not happen anyway.
    let isHarmless: @Sendable (JSONValue) -> Bool

    private init(_ name: String, _ reason: String, unless isHarmless: @escaping @Sendable (JSONValue) -> Bool) {
        self.name = name
        self.reason = reason
        self.isHarmless = isHarmless
    }

    /// - Returns: `nil` for members that are read or ignored.
    static func named(_ name: JSONString) -> UnsupportedMember? {
        self.all.first { $0.name.utf8.elementsEqual(name.bytes) }
    }

    static let all: [UnsupportedMember] = [
        UnsupportedMember(
            "instructions",
            "a flow brings its own prompt. Leave them out, or put them into the flow.",
            unless: Self.isEmpty
        ),
        UnsupportedMember("prompt", "a flow brings its own prompt. Leave it out.", unless: { _ in false }),
        UnsupportedMember("tools", "a flow brings its own. Leave them out.", unless: Self.isEmpty),
        UnsupportedMember("functions", "a flow brings its own. Leave them out.", unless: Self.isEmpty),
        UnsupportedMember(
            "tool_choice",
            "a flow chooses its own tools. Send \"auto\" or \"none\".",
            unless: Self.isAutomatic
        ),
        UnsupportedMember(
            "function_call",
            "a flow chooses its own tools. Send \"auto\" or \"none\".",
            unless: Self.isAutomatic
        ),
        UnsupportedMember(
            "web_search_options",
            "a flow searches where it is built to. Leave them out.",
            unless: { _ in false }
        ),
        UnsupportedMember(
            "background",
            "an answer is waited for. Leave it out, or send false.",
            unless: { $0 == .bool(false) }
        ),
        UnsupportedMember("n", "a run gives one answer. Send 1, or ask several times.", unless: { $0.count == 1 }),
        UnsupportedMember(
            "stop",
            "a flow's answer is given whole. Leave it out, and cut the answer.",
            unless: Self.isEmpty
        ),
        UnsupportedMember(
            "logprobs",
            "LangFlow gives none. Leave it out, or send false.",
            unless: { $0 == .bool(false) }
        ),
        UnsupportedMember("top_logprobs", "LangFlow gives none. Leave it out, or send 0.", unless: { $0.count == 0 }),
        UnsupportedMember(
            "response_format",
            "a flow decides on its answer's form. Send {\"type\": \"text\"}, or build the form into the flow.",
            unless: { $0["type"]?.string?.isEqual(to: "text") == true }
        ),
        UnsupportedMember(
            "text",
            "a flow decides on its answer's form. Send the format {\"type\": \"text\"}, or build the form into the flow.",
            unless: { value in
                guard case .object = value else { return false }
                guard let format = value["format"], format != .null else { return true }
                return format["type"]?.string?.isEqual(to: "text") == true
            }
        ),
        UnsupportedMember(
            "modalities",
            "a flow answers with text. Send [\"text\"].",
            unless: { $0.array?.allSatisfy { $0.string?.isEqual(to: "text") == true } == true }
        ),
        UnsupportedMember("audio", "a flow answers with text. Leave it out.", unless: { _ in false }),
        UnsupportedMember(
            "moderation",
            "nothing here moderates. Leave it out, or build it into the flow.",
            unless: { _ in false }
        ),
    ]

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.isEmpty
        case .string(let text): text.bytes.isEmpty
        case .object(let members): members.isEmpty
        case .null: true
        case .bool, .number: false
        }
    }

    private static func isAutomatic(_ value: JSONValue) -> Bool {
        value.string.map { $0.isEqual(to: "auto") || $0.isEqual(to: "none") } ?? false
    }
}
