import NIOCore

/// A plan's answers as LangFlow's OpenAI-compatible call gives them.
///
/// The call is a view of the run call: both are one entry, one flight and one call of LangFlow, and what LangFlow answers with status
/// 200 though it failed has its real status here.
extension Plan {
    /// How the caller sees a stream.
    func streamView(createdAt time: Timestamp) -> StreamView {
        switch self.request.head.route {
        case .responses: .responses(ResponsesTranslator(self.responsesHead(createdAt: time)))
        case .runFlow, .langFlowRun: .run(self.session.escaped)
        }
    }

    func responsesBody(_ answer: Answer, _ usage: Usage, createdAt time: Timestamp) -> ByteBuffer {
        ResponsesAnswer.body(
            text: answer.text,
            usage: usage,
            self.responsesHead(createdAt: time),
            previous: self.input.session
        )
    }

    /// A stored stream as server-sent events.
    func responsesEvents(_ answer: Answer, createdAt time: Timestamp) -> Answer {
        var translator = ResponsesTranslator(self.responsesHead(createdAt: time))
        var splitter = RecordSplitter(recordBytesMax: .max)
        splitter.append(answer.body)
        var records: [StreamRecord] = []
        // Bytes that do not end as a record are none, and nothing stored has any.
        while let record = try? splitter.next() { records.append(StreamRecord(bytes: record)) }
        let events = translator.translate(records, isLast: true)
        return Answer(form: .records, body: events, sessionOffsets: [], text: answer.text)
    }

    private func responsesHead(createdAt time: Timestamp) -> ResponsesHead {
        ResponsesHead(
            session: self.session.escaped,
            model: self.input.flow,
            createdSeconds: time.milliseconds / 1000
        )
    }
}
