import NIOCore

/// What is asked in a list of messages: the text of the last one, which is the user's.
struct OpenAIQuestion {
    /// UTF-8; the parts of a message that has several, each on a line of its own.
    let text: ByteBuffer
    /// Whether the user or the assistant said something before.
    let hasEarlierTurns: Bool

    /// Reads the value of a member: a text, which is the question, or a list of messages.
    ///
    /// Instructions are refused: a flow has a prompt of its own, and to drop them would give another answer than the one asked for.
    init(_ value: JSONValue, in member: String) throws(Refusal) {
        if case .string(let text) = value {
            self.text = ByteBuffer(bytes: text.bytes)
            self.hasEarlierTurns = false
            return
        }
        guard case .array(let messages) = value else {
            throw RequestDocument.wrongType(member, value, expected: "a string or an array of messages")
        }
        guard let last = messages.last, Role(of: last) == .user else {
            throw Self.refusal(
                member,
                messages.endIndex - 1,
                "The last message must be the user's: its text is the question. Send {\"role\": \"user\", \"content\": \"…\"}."
            )
        }
        var hasEarlierTurns = false
        for (position, message) in messages.dropLast().enumerated() {
            switch Role(of: message) {
            case .instructions: try Self.checkIsEmpty(message, member, position)
            case .user, .other: hasEarlierTurns = true
            }
        }
        self.hasEarlierTurns = hasEarlierTurns
        self.text = try Self.text(of: last, member, messages.endIndex - 1)
    }

    private enum Role {
        case user
        /// Of the system or the developer.
        case instructions
        /// The assistant's turns, and what tools and models did.
        case other

        init(of message: JSONValue) {
            guard let role = message["role"]?.string else {
                self = .other
                return
            }
            if role.isEqual(to: "user") {
                self = .user
            } else if role.isEqual(to: "system") || role.isEqual(to: "developer") {
                self = .instructions
            } else {
                self = .other
            }
        }
    }

    private static func checkIsEmpty(_ message: JSONValue, _ member: String, _ position: Int) throws(Refusal) {
        guard try Self.text(of: message, member, position).readableBytes > 0 else { return }
        throw Self.refusal(
            member,
            position,
            "Instructions (a system or developer message) are not supported: a flow brings its own prompt. Leave them out, or put "
                + "them into the flow."
        )
    }

    private static func text(of message: JSONValue, _ member: String, _ position: Int) throws(Refusal) -> ByteBuffer {
        switch message["content"] {
        case .string(let text)?: return ByteBuffer(bytes: text.bytes)
        case .array(let parts)?:
            var text = ByteBuffer()
            for (index, part) in parts.enumerated() {
                guard let type = part["type"]?.string, let piece = part["text"]?.string,
                    type.isEqual(to: "text") || type.isEqual(to: "input_text")
                else {
                    throw Self.refusal(
                        member,
                        position,
                        "Only parts of text are supported (\"text\", \"input_text\"), no images, files or sounds."
                    )
                }
                if index > 0 { text.writeStaticString("\n") }
                text.writeImmutableBuffer(piece.buffer)
            }
            return text
        default:
            throw Self.refusal(member, position, "The \"content\" must be a string or an array of parts of text.")
        }
    }

    private static func refusal(_ member: String, _ position: Int, _ reason: String) -> Refusal {
        let place = position < 0 ? member : "\(member)[\(position)]"
        return Refusal(.invalidField, "\"\(place)\": \(reason)", field: place)
    }
}
