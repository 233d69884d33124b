package import NIOCore

extension RunInput {
    /// Reads the body of `POST /run-flow`, whose members are all known.
    package static func parseRunFlow(_ body: ByteBuffer) throws(Refusal) -> RunInput {
        let fields = try RunFields(body, inputName: .input)
        guard let name = try fields.string(.flowID), !name.bytes.isEmpty else {
            throw Refusal(.invalidField, "Missing flow_id")
        }
        guard let flow = FlowName(name.bytes) else {
            throw Refusal(
                .invalidField,
                "\"flow_id\" is \"\(PrintableExcerpt.of(name.bytes))\", which is no flow's name. Send 1 to 128 characters of "
                    + "A-Z a-z 0-9 _ -, and a UUID in lower case with its hyphens."
            )
        }
        return try fields.run(flow: flow, wantsStream: fields.bool(.stream))
    }

    /// Reads the body of LangFlow's own `POST /api/v1/run/{flow}`.
    ///
    /// Members that LangFlow ignores are dropped, and so is `stream`, which it takes from the query alone.
    package static func parseLangFlowRun(_ body: ByteBuffer, flow: FlowName) throws(Refusal) -> RunInput {
        try RunFields(body, inputName: .inputValue).run(flow: flow, wantsStream: false)
    }
}

/// The members of a body by their fields, before their types were looked at.
private struct RunFields {
    enum Field: String, CaseIterable {
        case flowID = "flow_id"
        case input
        case inputValue = "input_value"
        case sessionID = "session_id"
        case tweaks
        case stream
        case inputType = "input_type"
        case outputType = "output_type"
        case outputComponent = "output_component"
        /// LangFlow's wrapped form, which is recognized in order to be refused.
        case inputRequest = "input_request"

        /// Made once; compared as bytes, because `String ==` would take other spellings for the names.
        private static let names = Self.allCases.map { (name: JSONString($0.rawValue), field: $0) }

        init?(_ name: JSONString) {
            guard let match = Self.names.first(where: { $0.name == name }) else { return nil }
            self = match.field
        }
    }

    private let inputName: Field
    private var values: [(field: Field, value: JSONValue)] = []

    init(_ body: ByteBuffer, inputName: Field) throws(Refusal) {
        self.inputName = inputName
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(body)
        } catch {
            throw Refusal(.malformedJSON, "The body is not valid JSON: \(error).")
        }
        guard case .object(let members) = document else {
            throw Refusal(
                .invalidField,
                "The body is \(document.kindWithArticle). Send a JSON object, for example {\"\(inputName.rawValue)\": \"Hello\"}."
            )
        }
        for member in members {
            try self.insert(member)
        }
    }

    private mutating func insert(_ member: JSONMember) throws(Refusal) {
        if let field = Field(member.name), self.isValid(field) {
            // A body has unique names, so that no field is met twice.
            if member.value != .null { self.values.append((field, member.value)) }
            return
        }
        if self.inputName == .input { throw Self.unknown(member.name) }
        if Field(member.name) == .inputRequest {
            throw Refusal(
                .invalidField,
                "\"input_request\" is not supported. Send its members (\"input_value\" and so on) at the top level of the body."
            )
        }
    }

    private func isValid(_ field: Field) -> Bool {
        switch field {
        case .flowID, .stream: self.inputName == .input
        case .input, .inputValue: self.inputName == field
        case .inputRequest: false
        case .sessionID, .tweaks, .inputType, .outputType, .outputComponent: true
        }
    }

    private static func unknown(_ name: JSONString) -> Refusal {
        let valid = Field.allCases.filter { $0 != .inputValue && $0 != .inputRequest }.map(\.rawValue)
        // LangFlow's own name for the input is nearer to `input_type` than to what it means.
        let nearest = name.isEqual(to: "input_value") ? "input" : NearestName.of(name.bytes, among: valid)
        let advice = nearest.map { "Did you mean \"\($0)\"?" } ?? "Valid are \(valid.joined(separator: ", "))."
        return Refusal(.invalidField, "Unknown member \"\(PrintableExcerpt.of(name.bytes))\". \(advice)")
    }

    func run(flow: FlowName, wantsStream: Bool) throws(Refusal) -> RunInput {
        let component = try self.string(.outputComponent)
        return RunInput(
            (
                flow: flow,
                input: ByteBuffer(bytes: try self.string(self.inputName)?.bytes ?? []),
                inputType: try self.choice(.inputType) ?? .chat,
                outputType: try self.choice(.outputType) ?? .chat,
                outputComponent: component?.bytes.isEmpty == true ? nil : component,
                tweaks: try self.tweaks(),
                session: try self.session(),
                wantsStream: wantsStream
            )
        )
    }

    private subscript(field: Field) -> JSONValue? {
        self.values.first { $0.field == field }?.value
    }

    /// - Returns: `nil` where the field is absent or null.
    func string(_ field: Field) throws(Refusal) -> JSONString? {
        guard let value = self[field] else { return nil }
        guard case .string(let string) = value else { throw Self.wrongType(field, value, expected: "a string") }
        return string
    }

    /// - Returns: `false` where the field is absent or null.
    func bool(_ field: Field) throws(Refusal) -> Bool {
        guard let value = self[field] else { return false }
        guard case .bool(let isTrue) = value else { throw Self.wrongType(field, value, expected: "true or false") }
        return isTrue
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(_ field: Field) throws(Refusal) -> Choice? {
        guard let name = try self.string(field) else { return nil }
        if let choice = Choice.allCases.first(where: { name.bytes.elementsEqual($0.rawValue.utf8) }) { return choice }
        let valid = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw Refusal(
            .invalidField,
            "\"\(field.rawValue)\" is \"\(PrintableExcerpt.of(name.bytes))\". Send one of \(valid), or leave it out."
        )
    }

    private func tweaks() throws(Refusal) -> Tweaks? {
        guard let value = self[.tweaks] else { return nil }
        guard case .object(let members) = value else { throw Self.wrongType(.tweaks, value, expected: "an object") }
        return Tweaks(members)
    }

    private func session() throws(Refusal) -> SessionID? {
        guard let name = try self.string(.sessionID), !name.bytes.isEmpty else { return nil }
        guard let session = SessionID(name.text) else {
            throw Refusal(
                .invalidField,
                "\"session_id\" is \(name.bytes.count) bytes long. Send at most \(SessionID.lengthMax) bytes."
            )
        }
        return session
    }

    private static func wrongType(_ field: Field, _ value: JSONValue, expected: String) -> Refusal {
        Refusal(
            .invalidField,
            "\"\(field.rawValue)\" must be \(expected), not \(value.kindWithArticle). Correct the field or leave it out."
        )
    }
}
