import NIOCore

/// A plan's answers as the caller's route gives them.
///
/// All routes are views of the run call: whatever the route, an answer is one entry, one flight and one call of LangFlow, and what
/// LangFlow answers with status 200 though it failed has its real status.
extension Plan {
    /// How the caller sees a stream.
    func streamView(createdAt time: Timestamp) -> StreamView {
        self.translator(createdAt: time).map { .translated($0) } ?? .run(self.session.escaped)
    }

    /// The body of an answer of LangFlow's, of the form that the caller asked for, or its text alone.
    func content(of answer: Answer, _ usage: Usage, madeAt time: Timestamp) -> Response.Content {
        if self.form == .records {
            let told = self.translator(createdAt: time)?.told(answer) ?? answer
            return .answer(told, session: self.session.escaped)
        }
        if self.request.head.wantsText { return .text(answer.text(for: self.session)) }
        switch self.request.head.route {
        case .runFlow, .langFlowRun:
            return .answer(answer, session: self.session.escaped)
        case .langFlowResponses:
            let head = self.langFlowResponsesHead(createdAt: time)
            let body = LangFlowResponsesAnswer.body(
                text: answer.text(for: self.session),
                usage: usage,
                head,
                previous: self.input.session
            )
            return .json(body)
        case .responses:
            let writer = OpenAIResponseWriter(self.openAIHead(createdAt: time))
            return .json(writer.response(.completed, text: answer.text(for: self.session), usage))
        case .chatCompletions:
            let writer = ChatCompletionWriter(self.openAIHead(createdAt: time))
            return .json(writer.completion(text: answer.text(for: self.session), usage))
        }
    }

    /// `nil` where the caller reads LangFlow's own framing.
    private func translator(createdAt time: Timestamp) -> (any StreamTranslator)? {
        switch self.request.head.route {
        case .runFlow, .langFlowRun: nil
        case .langFlowResponses: LangFlowResponsesTranslator(self.langFlowResponsesHead(createdAt: time))
        case .responses: OpenAIResponseTranslator(self.openAIHead(createdAt: time))
        case .chatCompletions: ChatCompletionTranslator(self.openAIHead(createdAt: time))
        }
    }

    private func langFlowResponsesHead(createdAt time: Timestamp) -> LangFlowResponsesHead {
        LangFlowResponsesHead(
            session: self.session.escaped,
            model: self.input.flow,
            createdSeconds: time.milliseconds / 1000
        )
    }

    private func openAIHead(createdAt time: Timestamp) -> OpenAIHead {
        OpenAIHead(
            session: self.session,
            model: self.input.flow,
            createdSeconds: time.milliseconds / 1000,
            members: self.input.openAI ?? OpenAIMembers()
        )
    }
}

extension Route {
    /// Whether answers are LangFlow's own bytes with the caller's session.
    var answersAsLangFlowRuns: Bool {
        switch self {
        case .runFlow, .langFlowRun: true
        case .langFlowResponses, .responses, .chatCompletions: false
        }
    }
}
