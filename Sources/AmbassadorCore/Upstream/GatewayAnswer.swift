/// An error that is not LangFlow's: given by a gateway before it, or by another program at its place.
package struct GatewayAnswer: Sendable, Equatable {
    /// 400 to 499.
    let status: Int
    /// As ``UpstreamAnswer/contentType``.
    let contentType: String
    /// As ``UpstreamAnswer/retryAfterSeconds``.
    let retryAfterSeconds: Int?

    init(_ answer: UpstreamAnswer) {
        self.status = answer.status
        self.contentType = answer.contentType
        self.retryAfterSeconds = answer.retryAfterSeconds
    }

    var cause: UpstreamCause {
        let type = self.contentType.isEmpty ? "no type" : PrintableExcerpt.of(self.contentType.utf8)
        return UpstreamCause(self.fault, "status \(self.status), \(type)")
    }

    private var fault: UpstreamFault {
        switch self.status {
        case 404, 405: .wrongPath
        case 429: .limited
        default: .gateway
        }
    }
}
