package import AmbassadorCore
import AsyncHTTPClient
package import NIOCore
import NIOHTTP1
import NIOPosix

/// LangFlow over HTTP/1.1: pooled connections, and requests built from parts only.
///
/// What LangFlow gets is the configured address, the target, the body that was hashed, and the fields that are written here; nothing
/// of the caller's is copied.
package final class HTTPUpstream: Upstream {
    private let configuration: UpstreamConfiguration
    private let client: HTTPClient
    private let targets = UpstreamTargets()

    /// Makes a client that has no connection yet.
    ///
    /// The group runs the connections; its owner shuts it down, after the upstream.
    package init(configuration: UpstreamConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        var client = HTTPClient.Configuration()
        client.redirectConfiguration = .disallow
        client.decompression = .disabled
        client.httpVersion = .http1Only
        client.proxy = nil
        client.timeout = .init(connect: configuration.connectTimeout)
        client.connectionPool.idleTimeout = configuration.idleTimeout
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsMax
        // A refused connection is an answer; whether it is worth trying again is the retry policy's to say.
        client.connectionPool.retryConnectionEstablishment = false
        // Looked up and cast at every call, and there is none.
        client.tracing.tracer = nil
        self.client = HTTPClient(eventLoopGroup: group, configuration: client)
    }

    package func run(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamAnswer {
        let request = try self.request(for: call, asStream: false)
        let task = self.client.execute(
            request: request,
            delegate: AnswerCollector(bytesMax: self.configuration.answerBytesMax),
            deadline: .now() + TimeAmount(call.timeout)
        )
        do {
            return try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw UpstreamError(error)
        }
    }

    package func stream(_ call: UpstreamCall) async throws(UpstreamError) -> UpstreamOpening {
        let request = try self.request(for: call, asStream: true)
        let receiver = StreamReceiver(bytesMax: self.configuration.answerBytesMax)
        let task = self.client.execute(
            request: request,
            delegate: receiver,
            deadline: .now() + TimeAmount(call.timeout)
        )
        task.futureResult.whenFailure { receiver.fail(UpstreamError($0)) }
        return try await withTaskCancellationHandler {
            await receiver.opening.value()
        } onCancel: {
            task.cancel()
        }.get()
    }

    /// Closes idle connections and gives up the calls that are under way.
    package func shutdown() async {
        // It fails only where it was shut down before, which is what is wanted.
        try? await self.client.shutdown()
    }

    private func request(for call: UpstreamCall, asStream: Bool) throws(UpstreamError) -> HTTPClient.Request {
        var headers = HTTPHeaders()
        headers.reserveCapacity(8 + call.globalVariables.count)
        headers.add(name: "Content-Type", value: "application/json")
        // For streams too, as LangFlow's own clients have it.
        headers.add(name: "Accept", value: "application/json")
        headers.add(name: "Accept-Encoding", value: "identity")
        if let apiKey = self.configuration.apiKey {
            headers.add(name: "x-api-key", value: apiKey.revealed)
        }
        headers.add(name: "traceparent", value: Self.traceparent(of: call.traceID))
        headers.add(name: "X-Trace-ID", value: call.traceID.description)
        for variable in call.globalVariables {
            headers.add(name: "X-LANGFLOW-GLOBAL-VAR-\(variable.name)", value: variable.value)
        }
        var request = try self.targets.request(for: call.target, asStream: asStream, of: self.configuration.url)
        request.headers = headers
        request.body = .byteBuffer(call.body)
        return request
    }

    /// W3C Trace Context §3.2.2, version 00: this hop's own parent id, not sampled.
    private static func traceparent(of trace: TraceID) -> String {
        String(asciiAtMost: 55) { text in
            text.writeStaticString("00-")
            trace.write(into: &text)
            text.writeStaticString("-")
            // One of zeros is not valid.
            text.writeHexadecimal(max(1, TraceID.random().low))
            text.writeStaticString("-00")
        }
    }
}
