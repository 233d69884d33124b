import NIOCore

/// What LangFlow's answer to a run holds.
package struct LangFlowAnswer: Sendable {
    /// The body without the session ids that LangFlow wrote into it, and the text.
    package let answer: Answer
    package let usage: Usage
    package let storability: Storability

    /// Whether an answer may be kept for others.
    package enum Storability: Sendable, Hashable {
        case storable
        case notStorable(Reason)

        package enum Reason: String, Sendable, CaseIterable {
            /// The status is not 200.
            case status
            /// No output has a message with text in it.
            case empty
            /// A message says that it is an error.
            case error
            /// Not what RFC 8259 allows, or framed in another way than LangFlow does.
            case unstrict
        }
    }

    /// LangFlow's answers may be nested deeper than requests: components put their own data into them.
    static let depthMax = 512

    /// What an answer's document says, without its bytes.
    struct Outline: Sendable {
        /// The first output message that is not empty; `nil` without one.
        let text: ByteBufferView?
        let usage: Usage
        let storability: Storability

        /// Reads the document of a 200.
        init(of document: JSONValue) {
            let outputs = RunOutputs(document)
            self.init(
                text: outputs.text,
                usage: outputs.usage,
                storability: outputs.hasError
                    ? .notStorable(.error) : outputs.text == nil ? .notStorable(.empty) : .storable
            )
        }

        private init(text: ByteBufferView?, usage: Usage, storability: Storability) {
            self.text = text
            self.usage = usage
            self.storability = storability
        }

        /// The text, empty without one, in memory of its own: whoever keeps it does not keep the document.
        ///
        /// Always UTF-8: of a document that is not strict JSON, what is not becomes U+FFFD.
        var copiedText: ByteBuffer {
            guard let text = self.text else { return ByteBuffer() }
            // What may be kept was read strictly.
            guard self.storability != .storable else { return ByteBuffer(bytes: text) }
            return ByteBuffer(string: String(decoding: text, as: UTF8.self))
        }

        /// The same where it may not be kept for a reason that the document does not show.
        func unstorable(_ reason: Storability.Reason) -> Outline {
            guard case .storable = self.storability else { return self }
            return Outline(text: self.text, usage: self.usage, storability: .notStorable(reason))
        }

        /// Of an end that brings no answer.
        static let nothing = Outline(text: nil, usage: .unknown, storability: .notStorable(.empty))
    }

    /// Reads an answer to a run.
    ///
    /// Only a 200 is parsed; every other status is passed on with its session ids taken out.
    ///
    /// - Parameters:
    ///   - answer: complete.
    ///   - session: the id that was sent with the run.
    /// - Returns: what it holds.
    /// - Throws: `UpstreamError.invalid` where a 200 is not `application/json` or not a JSON object.
    package static func read(
        _ answer: UpstreamAnswer,
        session: UpstreamSessionID
    ) throws(UpstreamError) -> LangFlowAnswer {
        guard answer.status == 200 else {
            return LangFlowAnswer(
                answer: Answer(cutting: session, from: answer.body, text: ByteBuffer()),
                usage: .unknown,
                storability: .notStorable(.status)
            )
        }
        guard answer.contentType == "application/json" else {
            throw .invalid(UpstreamCause(.contentType, PrintableExcerpt.of(answer.contentType.utf8)))
        }
        let outline = try Self.outline(of: answer.body)
        return LangFlowAnswer(
            answer: Answer(cutting: session, from: answer.body, text: outline.copiedText),
            usage: outline.usage,
            storability: outline.storability
        )
    }

    private static func outline(of body: ByteBuffer) throws(UpstreamError) -> Outline {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(body, depthMax: Self.depthMax)
        } catch {
            // As in streams: what Python's clients read is passed on, and not kept.
            guard let document = try? JSONParser.parse(body, depthMax: Self.depthMax, dialect: .python) else {
                throw .invalid(UpstreamCause(.notJSON, "\(error)"))
            }
            return try Self.outline(of: document).unstorable(.unstrict)
        }
        return try Self.outline(of: document)
    }

    private static func outline(of document: JSONValue) throws(UpstreamError) -> Outline {
        guard case .object = document else { throw .invalid(UpstreamCause(.notJSON, "no object")) }
        return Outline(of: document)
    }

    /// Whether a message says that it is an error.
    static func isError(_ message: JSONValue) -> Bool {
        message["error"] == .bool(true) || message["category"]?.string?.isEqual(to: "error") ?? false
    }
}

/// The outputs of a run: the entries of `outputs[].outputs[]`.
private struct RunOutputs {
    private let entries: [JSONValue]

    init(_ document: JSONValue) {
        self.entries = (document["outputs"]?.array ?? []).flatMap { $0["outputs"]?.array ?? [] }
    }

    /// The first message that is not empty, in the order of the outputs.
    var text: ByteBufferView? {
        self.entries.lazy.compactMap(Self.text).first
    }

    /// A Chat Output answers under `message` and a Text Output under `text`.
    ///
    /// LangFlow doubles the newlines of the copies under `artifacts` and `messages`, so these are not looked at.
    private static func text(of entry: JSONValue) -> ByteBufferView? {
        let names: [StaticString] = ["message", "text"]
        for name in names {
            let result = entry["results"]?[name]
            let output = entry["outputs"]?[name]
            let candidates = [result?["text"], result, output?["message"], output?["message"]?["text"], output]
            for case .string(let text)? in candidates where !text.bytes.isEmpty {
                return text.bytes
            }
        }
        return nil
    }

    var hasError: Bool {
        self.entries.contains { entry in
            Self.results(of: entry).contains {
                LangFlowAnswer.isError($0) || $0["data"].map(LangFlowAnswer.isError) ?? false
            } || (entry["messages"]?.array ?? []).contains(where: LangFlowAnswer.isError)
        }
    }

    private static func results(of entry: JSONValue) -> [JSONValue] {
        guard case .object(let results)? = entry["results"] else { return [] }
        return results.map(\.value)
    }

    /// The tokens of all outputs together.
    var usage: Usage {
        let usages = self.entries.compactMap(Self.usage)
        return Usage(
            inputTokens: Self.sum(usages.compactMap { $0["input_tokens"]?.count }),
            outputTokens: Self.sum(usages.compactMap { $0["output_tokens"]?.count })
        )
    }

    private static func usage(of entry: JSONValue) -> JSONValue? {
        for result in Self.results(of: entry) {
            let candidates = [result["properties"]?["usage"], result["data"]?["properties"]?["usage"]]
            for case .some(let usage) in candidates where usage != .null {
                return usage
            }
        }
        return entry["token_usage"]
    }

    /// No flow uses that many tokens; whoever says so must not make a price overflow.
    private static let tokensMax = 1_000_000_000

    private static func sum(_ counts: [Int]) -> Int? {
        counts.isEmpty ? nil : counts.reduce(0) { min($0 + min($1, Self.tokensMax), Self.tokensMax) }
    }
}
