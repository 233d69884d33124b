package import AmbassadorCore
package import NIOCore

/// Fetches key sets over HTTP: one request each, without redirects, of limited size and time.
package struct JWKSClient: Sendable {
    private let fetcher: any DocumentFetcher
    private let timeout: Duration

    /// - Parameters:
    ///   - fetcher: asks the servers. It follows no redirect: that would lead to wherever the key server says, http and this host's
    ///     own services included.
    ///   - timeout: for one fetch as a whole, 5 seconds unless told.
    package init(fetcher: any DocumentFetcher, timeout: Duration = .seconds(5)) {
        self.fetcher = fetcher
        self.timeout = timeout
    }

    /// Fetches the document at an address.
    package func fetch(_ url: JWKSURL) async throws(JWKSFault) -> ByteBuffer {
        let document: FetchedDocument
        do throws(FetchFault) {
            document = try await self.fetcher.fetch(
                url.document,
                accept: "application/jwk-set+json, application/json",
                bytesMax: JWKSet.bytesMax,
                timeout: self.timeout
            )
        } catch {
            throw JWKSFault("the key server could not be asked: \(error)")
        }
        guard document.status == 200 else {
            throw JWKSFault("the key server answered with status \(document.status)")
        }
        return document.body
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
