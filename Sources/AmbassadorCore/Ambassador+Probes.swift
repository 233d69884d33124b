import NIOCore

extension Ambassador {
    /// The release whose calls and answers are LangFlow's own routes here; clients tell by it what they may send.
    private static let langFlowVersion = "1.13.0"

    package func probe(_ probe: Probe, traceID: TraceID) -> Response {
        switch probe {
        case .health: return Self.answer(#"{"status":"healthy"}"#, traceID)
        case .live: return Self.answer(#"{"status":"live"}"#, traceID)
        case .ready:
            let (status, body) = self.parts.readiness.report()
            return Response(status: status, traceID: traceID, content: .json(body))
        case .langFlowHealth: return Self.answer(#"{"status":"ok"}"#, traceID)
        case .langFlowHealthCheck: return Self.answer(self.healthCheck, traceID)
        case .langFlowVersion:
            return Self.answer(
                #"{"version":"\#(Self.langFlowVersion)","main_version":"\#(Self.langFlowVersion)","package":"Langflow"}"#,
                traceID
            )
        }
    }

    /// What LangFlow's own says; `status` is ours and the rest is LangFlow's.
    ///
    /// The status of the answer stays 200 while LangFlow is away: a balancer that took the ambassador out then would take away the
    /// answers that it has for just that time.
    private var healthCheck: String {
        let state = self.parts.breaker.state == .closed ? "ok" : "error: LangFlow does not answer at the moment"
        return #"{"status":"ok","chat":"\#(state)","db":"\#(state)"}"#
    }

    private static func answer(_ json: String, _ traceID: TraceID) -> Response {
        Response(status: 200, traceID: traceID, content: .json(ByteBuffer(string: json)))
    }
}
