package import AmbassadorCore
package import NIOCore
import NIOHTTP1

/// LangFlow over HTTP/1.1: pooled connections, and requests built from parts only.
///
/// What LangFlow gets is the configured address, the target, the body that was hashed, and the fields that are written here; nothing
/// of the caller's is copied.
package final class HTTPUpstream: Upstream {
    private let configuration: UpstreamConfiguration
    private let client: HTTPClient

    /// Makes a client that has no connection yet.
    ///
    /// The group runs the connections; its owner shuts it down, after the upstream.
    package init(configuration: UpstreamConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        self.client = configuration.client(configuration.connections, group)
    }

    package func run(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamAnswer {
        let collector = AnswerCollector(bytesMax: self.configuration.answerBytesMax)
        let call = self.start(call, asStream: false, receiver: collector)
        return try await withTaskCancellationHandler {
            await collector.outcome.value()
        } onCancel: {
            call.cancel()
        }.get()
    }

    package func stream(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamOpening {
        let receiver = StreamReceiver(bytesMax: self.configuration.answerBytesMax)
        let call = self.start(call, asStream: true, receiver: receiver)
        return try await withTaskCancellationHandler {
            await receiver.opening.value()
        } onCancel: {
            call.cancel()
        }.get()
    }

    /// Closes idle connections and gives up the calls that are under way.
    package func shutdown() async {
        await self.client.shutdown()
    }

    private func start(_ call: UpstreamCall, asStream: Bool, receiver: any HTTPAnswerReceiver) -> HTTPCall {
        let request = HTTPRequest(
            .POST,
            "\(self.configuration.url.prefix)/api/v1/run/\(call.target)?stream=\(asStream)",
            fields: self.fields(for: call),
            body: call.body
        )
        return self.client.start(request, deadline: .now() + TimeAmount(call.timeout), receiver: receiver)
    }

    private func fields(for call: UpstreamCall) -> HTTPHeaders {
        var fields = HTTPHeaders()
        fields.reserveCapacity(8 + call.globalVariables.count)
        fields.add(name: "Content-Type", value: "application/json")
        // For streams too, as LangFlow's own clients have it.
        fields.add(name: "Accept", value: "application/json")
        fields.add(name: "Accept-Encoding", value: "identity")
        if let apiKey = self.configuration.apiKey {
            fields.add(name: "x-api-key", value: apiKey.revealed)
        }
        fields.add(name: "traceparent", value: Self.traceparent(of: call))
        if let state = call.traceContext?.state, !state.isEmpty { fields.add(name: "tracestate", value: state) }
        fields.add(name: "X-Trace-ID", value: call.traceID.description)
        for variable in call.globalVariables {
            fields.add(name: "X-LANGFLOW-GLOBAL-VAR-\(variable.name)", value: variable.value)
        }
        return fields
    }

    /// W3C Trace Context §3.2.2, version 00: this hop's own id as the parent, and the caller's flags; a trace that begins here is not
    /// sampled.
    private static func traceparent(of call: UpstreamCall) -> String {
        String(asciiAtMost: 55) { text in
            text.writeStaticString("00-")
            call.traceID.write(into: &text)
            text.writeStaticString("-")
            // One of zeros is not valid.
            text.writeHexadecimal(max(1, TraceID.random().low))
            text.writeStaticString("-0")
            // Two bits of them are known.
            text.writeDecimal(Int(call.traceContext?.flags ?? 0))
        }
    }
}
