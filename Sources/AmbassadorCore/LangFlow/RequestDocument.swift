import NIOCore

/// What the bodies of all calls have in common.
enum RequestDocument {
    /// The members of a body; `example` is one that would be taken, for the refusal of one that is no object.
    static func members(of body: ByteBuffer, example: String) throws(Refusal) -> [JSONMember] {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(body)
        } catch {
            throw Refusal(.malformedJSON, "The body is not valid JSON: \(error).")
        }
        guard case .object(let members) = document else {
            throw Refusal(
                .invalidField,
                "The body is \(document.kindWithArticle). Send a JSON object, for example \(example)."
            )
        }
        return members
    }

    /// The flow that a member names; `nil` stands for an absent member.
    static func flow(named name: JSONString?, by member: String) throws(Refusal) -> FlowName {
        guard let name, !name.bytes.isEmpty else {
            throw Refusal(.invalidField, "Missing \(member)", field: member)
        }
        guard let flow = FlowName(name.bytes) else {
            throw Refusal(
                .invalidField,
                "\"\(member)\" is \"\(PrintableExcerpt.of(name.bytes))\", which is no flow's name. Send 1 to 128 characters "
                    + "of A-Z a-z 0-9 _ -, and a UUID in lower case with its hyphens.",
                field: member
            )
        }
        return flow
    }

    /// The session of a text that is not empty.
    static func session(_ text: JSONString, of member: String) throws(Refusal) -> SessionID {
        if let session = SessionID(text.text) { return session }
        throw Refusal(
            .invalidField,
            "\"\(member)\" is \(text.bytes.count) bytes long. Send at most \(SessionID.lengthMax) bytes.",
            field: member
        )
    }

    static func wrongType(_ member: String, _ value: JSONValue, expected: String) -> Refusal {
        Refusal(
            .invalidField,
            "\"\(member)\" must be \(expected), not \(value.kindWithArticle). Correct the field or leave it out.",
            field: member
        )
    }
}
