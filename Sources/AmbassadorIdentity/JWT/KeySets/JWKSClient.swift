import AsyncHTTPClient
package import NIOCore
import NIOHTTP1

/// Fetches key sets over HTTP: one request each, without redirects, of limited size and time.
package final class JWKSClient: Sendable {
    private let client: HTTPClient
    private let timeout: Duration

    /// Makes a client that has no connection yet.
    ///
    /// - Parameters:
    ///   - group: runs the connections; its owner shuts it down, after the client.
    ///   - timeout: for one fetch as a whole, 5 seconds unless told.
    package init(group: any EventLoopGroup, timeout: Duration = .seconds(5)) {
        var configuration = HTTPClient.Configuration()
        // A redirect would be followed to wherever the key server says, http and this host's own services included.
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.proxy = nil
        configuration.timeout = .init(connect: TimeAmount(timeout))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(10)
        self.client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        self.timeout = timeout
    }

    /// Fetches the document at an address.
    package func fetch(_ url: JWKSURL) async throws(JWKSFault) -> ByteBuffer {
        let response: HTTPClient.Response
        do {
            let headers: HTTPHeaders = [
                "Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity",
            ]
            let request = try HTTPClient.Request(url: url.description, method: .GET, headers: headers)
            let task = self.client.execute(
                request: request,
                delegate: ResponseAccumulator(request: request, maxBodySize: JWKSet.bytesMax),
                deadline: .now() + TimeAmount(self.timeout)
            )
            response = try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch is ResponseAccumulator.ResponseTooBigError {
            throw JWKSFault("the key server's answer is larger than \(JWKSet.bytesMax) bytes")
        } catch {
            throw JWKSFault("the key server could not be asked: \(error)")
        }
        guard response.status == .ok else {
            throw JWKSFault("the key server answered with status \(response.status.code)")
        }
        return response.body ?? ByteBuffer()
    }

    /// Closes idle connections and gives up the fetches that are under way.
    package func shutdown() async {
        // It fails only where it was shut down before, which is what is wanted.
        try? await self.client.shutdown()
    }
}

/// A key set that a server publishes.
struct JWKSEndpoint: JWKSSource {
    let url: JWKSURL
    let interval: Duration
    let client: JWKSClient

    var isOnDemand: Bool { true }

    func load(unless revision: JWKSRevision?) async throws(JWKSFault) -> JWKSDocument? {
        JWKSDocument(bytes: try await self.client.fetch(self.url), revision: nil)
    }
}
