package import NIOCore

/// Fetches a document of another server, such as the keys that an issuer publishes.
package protocol DocumentFetcher: Sendable {
    /// Asks once: no redirects, no proxies, no retries.
    ///
    /// - Parameters:
    ///   - url: where the document is.
    ///   - accept: the media types that are taken.
    ///   - bytesMax: of the answer's body.
    ///   - timeout: from the first attempt to connect until the last byte of the answer.
    /// - Returns: the answer, whatever its status.
    /// - Throws: why there is none.
    func fetch(
        _ url: DocumentURL,
        accept: String,
        bytesMax: Int,
        timeout: Duration
    ) async throws(FetchFault) -> FetchedDocument
}

/// An address whose parts were checked.
package struct DocumentURL: Sendable, Hashable {
    package let isTLS: Bool
    package let place: HostAndPort
    /// The path with its query; begins with a slash.
    package let target: String

    package init(isTLS: Bool, place: HostAndPort, target: String) {
        self.isTLS = isTLS
        self.place = place
        self.target = target
    }
}

/// What a server answered.
package struct FetchedDocument: Sendable {
    package let status: Int
    package let body: ByteBuffer

    package init(status: Int, body: ByteBuffer) {
        self.status = status
        self.body = body
    }
}

/// Why there is no document, for the operator.
package struct FetchFault: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
