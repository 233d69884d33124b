package import AmbassadorCore
package import NIOCore
import NIOHTTP1

/// Fetches documents of other servers than LangFlow: each on a connection of its own, since they are fetched every few minutes.
package final class HTTPFetcher: DocumentFetcher {
    private let group: any EventLoopGroup
    private let tls: Result<ClientTLS, any Error>

    /// Reads the system's authorities.
    ///
    /// The group runs the connections; its owner shuts it down, after the last fetch.
    package init(group: any EventLoopGroup) {
        self.group = group
        self.tls = Result { try ClientTLS() }
    }

    package func fetch(
        _ url: DocumentURL,
        accept: String,
        bytesMax: Int,
        timeout: Duration
    ) async throws(FetchFault) -> FetchedDocument {
        let client = try self.client(of: url, timeout: timeout)
        let fields: HTTPHeaders = ["Accept": accept, "Accept-Encoding": "identity"]
        let answer: Result<FetchedDocument, FetchFault>
        do throws(HTTPCallError) {
            let (head, body) = try await client.send(
                HTTPRequest(.GET, url.target, fields: fields),
                bytesMax: bytesMax,
                deadline: .now() + TimeAmount(timeout)
            )
            answer = .success(FetchedDocument(status: Int(head.status.code), body: body))
        } catch {
            answer = .failure(FetchFault("\(error)"))
        }
        await client.shutdown()
        return try answer.get()
    }

    private func client(of url: DocumentURL, timeout: Duration) throws(FetchFault) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.connectTimeout = TimeAmount(timeout)
        configuration.idleConnectionsMax = 0
        do {
            return HTTPClient(
                origin: HTTPOrigin(isTLS: url.isTLS, place: url.place),
                configuration: configuration,
                tls: url.isTLS ? try self.tls.get() : nil,
                group: self.group
            )
        } catch {
            throw FetchFault("TLS: \(error)")
        }
    }
}
