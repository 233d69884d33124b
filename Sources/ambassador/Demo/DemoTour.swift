/// What `ambassador demo` tells its reader to try.
struct DemoTour {
    let listen: String
    let admin: String
    let port: Int
    let store: String

    var text: String {
        """
        This is a DEMONSTRATION: there is no LangFlow behind it. A small stand-in on 127.0.0.1:\(self.port) answers every
        question after one second. For the real thing: ambassador serve --upstream http://127.0.0.1:7860 --ttl 1h

        The ambassador listens on http://\(self.listen). Try, in another terminal:

          1. a miss, answered by the stand-in in a second (Cache-Status: ... fwd=miss; stored)
             \(self.ask("How do I reset my password?"))

          2. the same again: a hit, answered at once (Cache-Status: ... hit; Age: ...)

          3. an outage: the stand-in goes away for a minute
             curl -X POST 'http://127.0.0.1:\(self.port)/outage?seconds=60'

          4. the same question: a hit for 20 seconds, then the stale answer (X-Ambassador-Degraded: stale)
             \(self.ask("How do I reset my password?"))

          5. a question that was never asked before: the flow's fallback (X-Ambassador-Degraded: fallback)
             \(self.ask("Something new"))

          6. a stream, word by word, once the stand-in is back; the same again is given out at once
             \(self.ask("Tell me a story", stream: true))

          7. what happened, from the audit log, and the metrics
             ambassador audit query --store \(self.store)
             curl http://\(self.admin)/metrics

        Stop it with Ctrl-C.


        """
    }

    private func ask(_ question: String, stream: Bool = false) -> String {
        """
        curl -i\(stream ? "N" : "") http://\(self.listen)/run-flow -H 'Content-Type: application/json' \\
                  -d '{"flow_id": "faq", "input": "\(question)"\(stream ? #", "stream": true"# : "")}'
        """
    }
}
