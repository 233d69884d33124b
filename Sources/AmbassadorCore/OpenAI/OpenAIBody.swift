package import NIOCore

extension RunInput {
    /// Reads the body of OpenAI's `POST /v1/responses`.
    ///
    /// `model` is the flow; the session is that of `previous_response_id` or `conversation`, else `header`, which is the value of
    /// `X-Session-ID`, else `user`.
    package static func parseResponses(_ body: ByteBuffer, session header: String?) throws(Refusal) -> RunInput {
        let body = try OpenAIBody(body, example: #"{"model": "my-flow", "input": "Hello"}"#)
        try body.refuseUnsupported()
        let question = try body["input"].map { value throws(Refusal) in try OpenAIQuestion(value, in: "input") }
        var members = OpenAIMembers()
        members.hasEarlierTurns = question?.hasEarlierTurns ?? false
        members.previousResponseID = try body.text("previous_response_id")
        members.conversation = try body.conversation()
        guard members.previousResponseID == nil || members.conversation == nil else {
            throw Refusal(
                .invalidField,
                "\"previous_response_id\" and \"conversation\" name two sessions. Send one of them.",
                field: "conversation"
            )
        }
        let session: SessionID?
        if let id = members.previousResponseID {
            session = try RequestDocument.session(OpenAIHead.session(ofResponse: id), of: "previous_response_id")
        } else if let conversation = members.conversation {
            session = try RequestDocument.session(conversation, of: "conversation")
        } else {
            session = try body.session(header)
        }
        return try body.run(question, session, members)
    }

    /// Reads the body of OpenAI's `POST /v1/chat/completions`.
    ///
    /// `model` is the flow; the session is `header`, which is the value of `X-Session-ID`, else `user`.
    package static func parseChatCompletion(_ body: ByteBuffer, session header: String?) throws(Refusal) -> RunInput {
        let example = #"{"model": "my-flow", "messages": [{"role": "user", "content": "Hello"}]}"#
        let body = try OpenAIBody(body, example: example)
        try body.refuseUnsupported()
        guard let messages = body["messages"] else {
            throw Refusal(.invalidField, "Missing messages", field: "messages")
        }
        guard case .array = messages else {
            throw RequestDocument.wrongType("messages", messages, expected: "an array")
        }
        let question = try OpenAIQuestion(messages, in: "messages")
        var members = OpenAIMembers()
        members.hasEarlierTurns = question.hasEarlierTurns
        members.includesUsage = try body.includesUsage()
        return try body.run(question, try body.session(header), members)
    }
}

/// The members of a body of OpenAI's calls.
struct OpenAIBody {
    private let members: [JSONMember]

    init(_ body: ByteBuffer, example: String) throws(Refusal) {
        self.members = try RequestDocument.members(of: body, example: example)
    }

    /// The value of a member; `nil` where it is absent or null.
    subscript(name: StaticString) -> JSONValue? {
        guard let value = JSONValue.object(self.members)[name], value != .null else { return nil }
        return value
    }

    /// Refuses members that would be ignored though the caller counts on them.
    func refuseUnsupported() throws(Refusal) {
        for member in self.members where member.value != .null {
            guard let rule = UnsupportedMember.named(member.name), !rule.isHarmless(member.value) else { continue }
            throw Refusal(.invalidField, "\"\(rule.name)\" is not supported: \(rule.reason)", field: rule.name)
        }
    }

    /// The text of a member, in memory of its own; `nil` where it is absent or empty.
    func text(_ name: StaticString) throws(Refusal) -> JSONString? {
        guard let value = self[name] else { return nil }
        guard case .string(let string) = value else {
            throw RequestDocument.wrongType(name.description, value, expected: "a string")
        }
        return string.bytes.isEmpty ? nil : JSONString(bytes: Array(string.bytes))
    }

    /// The conversation's id, which is named by itself or in an object.
    func conversation() throws(Refusal) -> JSONString? {
        guard case .object? = self["conversation"] else { return try self.text("conversation") }
        guard let id = self["conversation"]?["id"]?.string, !id.bytes.isEmpty else {
            throw Refusal(.invalidField, "\"conversation\" has no \"id\". Send it as a string.", field: "conversation")
        }
        return JSONString(bytes: Array(id.bytes))
    }

    func session(_ header: String?) throws(Refusal) -> SessionID? {
        if let header { return try RequestDocument.session(JSONString(header), of: "X-Session-ID") }
        guard let user = try self.text("user") else { return nil }
        return try RequestDocument.session(user, of: "user")
    }

    func includesUsage() throws(Refusal) -> Bool {
        guard let options = self["stream_options"] else { return false }
        guard case .object = options else {
            throw RequestDocument.wrongType("stream_options", options, expected: "an object")
        }
        return options["include_usage"] == .bool(true)
    }

    /// The run that a body asks for.
    func run(
        _ question: OpenAIQuestion?,
        _ session: SessionID?,
        _ members: OpenAIMembers
    ) throws(Refusal) -> RunInput {
        RunInput(
            (
                flow: try RequestDocument.flow(named: try self.text("model"), by: "model"),
                input: question?.text ?? ByteBuffer(),
                inputType: .chat,
                outputType: .chat,
                outputComponent: nil,
                tweaks: try self.tweaks(),
                session: session,
                wantsStream: try self.wantsStream(),
                openAI: members
            )
        )
    }

    private func wantsStream() throws(Refusal) -> Bool {
        guard let value = self["stream"] else { return false }
        guard case .bool(let isTrue) = value else {
            throw RequestDocument.wrongType("stream", value, expected: "true or false")
        }
        return isTrue
    }

    /// LangFlow's own member, which OpenAI's clients send where they are told to (`extra_body`).
    private func tweaks() throws(Refusal) -> Tweaks? {
        guard let value = self["tweaks"] else { return nil }
        guard case .object(let members) = value else {
            throw RequestDocument.wrongType("tweaks", value, expected: "an object")
        }
        return Tweaks(members)
    }
}
