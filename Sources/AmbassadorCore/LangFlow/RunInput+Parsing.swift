package import NIOCore

extension RunInput {
    /// Reads the body of `POST /run-flow`, whose members are all known.
    package static func parseRunFlow(_ body: ByteBuffer) throws(Refusal) -> RunInput {
        let fields = try RunFields(body, .runFlow)
        return try fields.run(flow: fields.flow(.flowID), wantsStream: fields.bool(.stream))
    }

    /// Reads the body of LangFlow's own `POST /api/v1/run/{flow}`.
    ///
    /// Members that LangFlow ignores are dropped, and so is `stream`, which it takes from the query alone.
    package static func parseLangFlowRun(
        _ body: ByteBuffer,
        flow: FlowName,
        wantsStream: Bool
    ) throws(Refusal) -> RunInput {
        try RunFields(body, .langFlowRun).run(flow: flow, wantsStream: wantsStream)
    }

    /// Reads the body of `POST /api/v1/responses` as LangFlow does.
    ///
    /// `model` is the flow and `previous_response_id` its session; members that LangFlow ignores are dropped.
    package static func parseLangFlowResponses(_ body: ByteBuffer) throws(Refusal) -> RunInput {
        let fields = try RunFields(body, .responses)
        try fields.refuseUnsupported()
        return try fields.run(flow: fields.flow(.model), wantsStream: fields.bool(.stream))
    }
}

/// The members of a body by their fields, before their types were looked at.
private struct RunFields {
    /// Whose members they are.
    enum Dialect {
        case runFlow
        case langFlowRun
        case responses

        var input: Field {
            switch self {
            case .runFlow, .responses: .input
            case .langFlowRun: .inputValue
            }
        }

        var session: Field {
            switch self {
            case .runFlow, .langFlowRun: .sessionID
            case .responses: .previousResponseID
            }
        }
    }

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
        /// The flow of the OpenAI-compatible call.
        case model
        case previousResponseID = "previous_response_id"
        /// What LangFlow does not do on that call, or the ambassador cannot pass on.
        case tools
        case background

        /// Made once; compared as bytes, because `String ==` would take other spellings for the names.
        private static let names = Self.allCases.map { (name: JSONString($0.rawValue), field: $0) }

        init?(_ name: JSONString) {
            guard let match = Self.names.first(where: { $0.name == name }) else { return nil }
            self = match.field
        }
    }

    private let dialect: Dialect
    private var values: [(field: Field, value: JSONValue)] = []

    init(_ body: ByteBuffer, _ dialect: Dialect) throws(Refusal) {
        self.dialect = dialect
        let members = try RequestDocument.members(of: body, example: "{\"\(dialect.input.rawValue)\": \"Hello\"}")
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
        if self.dialect == .runFlow { throw Self.unknown(member.name) }
        if self.dialect == .langFlowRun, Field(member.name) == .inputRequest {
            throw Refusal(
                .invalidField,
                "\"input_request\" is not supported. Send its members (\"input_value\" and so on) at the top level of the body."
            )
        }
    }

    private func isValid(_ field: Field) -> Bool {
        switch field {
        case .flowID: self.dialect == .runFlow
        case .stream: self.dialect != .langFlowRun
        case .input, .inputValue: self.dialect.input == field
        case .sessionID, .tweaks, .inputType, .outputType, .outputComponent: self.dialect != .responses
        case .model, .previousResponseID, .tools, .background: self.dialect == .responses
        case .inputRequest: false
        }
    }

    /// The flow that a member names.
    func flow(_ field: Field) throws(Refusal) -> FlowName {
        try RequestDocument.flow(named: try self.string(field), by: field.rawValue)
    }

    /// Refuses what the OpenAI-compatible call has members for and LangFlow does not do.
    func refuseUnsupported() throws(Refusal) {
        if let tools = self[.tools], tools.array?.isEmpty != true {
            throw Refusal(.invalidField, "\"tools\" are not supported. Leave them out; a flow brings its own.")
        }
        if try self.bool(.background) {
            throw Refusal(.invalidField, "\"background\" is not supported. Leave it out, or send false.")
        }
    }

    private static func unknown(_ name: JSONString) -> Refusal {
        let valid = [
            Field.flowID, .input, .sessionID, .tweaks, .stream, .inputType, .outputType, .outputComponent,
        ].map(\.rawValue)
        // LangFlow's own name for the input is nearer to `input_type` than to what it means.
        let nearest = name.isEqual(to: "input_value") ? "input" : NearestName.of(name.bytes, among: valid)
        let advice = nearest.map { "Did you mean \"\($0)\"?" } ?? "Valid are \(valid.joined(separator: ", "))."
        return Refusal(.invalidField, "Unknown member \"\(PrintableExcerpt.of(name.bytes))\". \(advice)")
    }

    func run(flow: FlowName, wantsStream: Bool) throws(Refusal) -> RunInput {
        // A copy, as everything here: what is remembered must not keep what was read from the connection.
        let component = try self.string(.outputComponent).map { JSONString(bytes: Array($0.bytes)) }
        return RunInput(
            (
                flow: flow,
                input: ByteBuffer(bytes: try self.string(self.dialect.input)?.bytes ?? []),
                inputType: try self.choice(.inputType) ?? .chat,
                outputType: try self.choice(.outputType) ?? .chat,
                outputComponent: component?.bytes.isEmpty == true ? nil : component,
                tweaks: try self.tweaks(),
                session: try self.session(),
                wantsStream: wantsStream,
                openAI: nil
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
        let field = self.dialect.session
        guard let name = try self.string(field), !name.bytes.isEmpty else { return nil }
        return try RequestDocument.session(name, of: field.rawValue)
    }

    private static func wrongType(_ field: Field, _ value: JSONValue, expected: String) -> Refusal {
        RequestDocument.wrongType(field.rawValue, value, expected: expected)
    }
}
