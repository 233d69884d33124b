import AmbassadorCore
import NIOCore

/// A run of the demonstration's flow: the question, answered with the time, so that a stored answer can be told from a new one.
struct DemoRun {
    private let question: String
    private let session: String
    private let text: String

    init(body: ByteBuffer) throws(JSONError) {
        let run = try JSONParser.parse(body)
        self.question = run["input_value"]?.string?.text ?? ""
        self.session = run["session_id"]?.string?.text ?? ""
        self.text = "You asked: \(self.question) — answered by the demo upstream at \(Clocks.system.wall().iso8601)."
    }

    /// LangFlow's plain answer.
    var answer: ByteBuffer {
        let answer = FallbackAnswer.make(text: self.text, input: ByteBuffer(string: self.question))
        return Response.Content.answer(answer, session: EscapedSessionID(self.session)).bytes
    }

    /// LangFlow's streamed answer: a token for each word, and the end.
    var records: [ByteBuffer] {
        let words = self.text.split(separator: " ", omittingEmptySubsequences: false).map { $0 + " " }
        return words.map { word in
            var record = ByteBuffer(string: #"{"event": "token", "data": {"chunk": "#)
            JSONWriter.writeString(String(word), into: &record)
            record.writeString(", \"id\": \"demo\"}}\n\n")
            return record
        } + [self.end]
    }

    private var end: ByteBuffer {
        var record = ByteBuffer(string: #"{"event": "end", "data": {"result": "#)
        record.writeImmutableBuffer(self.answer)
        record.writeString("}}\n\n")
        return record
    }
}
