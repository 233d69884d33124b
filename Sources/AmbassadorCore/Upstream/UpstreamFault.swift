/// What went wrong with a call to LangFlow, in one word of a closed list, as records, log lines and metrics name it.
package enum UpstreamFault: String, Sendable, CaseIterable {
    case refused
    case dns
    case noRoute = "no_route"
    case connectTimeout = "connect_timeout"
    /// No connection, for another reason.
    case connect
    case certificate
    case tls
    case notTLS = "not_tls"
    /// This host's own want.
    case resources
    case reset
    case closed
    case timeout
    case malformed
    case speaksTLS = "speaks_tls"
    case tooLarge = "too_large"
    case redirect
    case unexpectedStatus = "unexpected_status"
    case unframed
    case contentCoding = "content_coding"
    case contentType = "content_type"
    case notJSON = "not_json"
    /// A stream that came to its end without saying so.
    case incomplete
    case wrongPath = "wrong_path"
    /// A 4xx that LangFlow does not give.
    case gateway
    /// A wish to be left alone for a while.
    case limited
    case credential
    case status500 = "status_500"
    case status502 = "status_502"
    case status503 = "status_503"
    case status504 = "status_504"
    case status5xx = "status_5xx"

    /// The fault of an answer with a status of 500 to 599.
    static func status(_ status: Int) -> UpstreamFault {
        switch status {
        case 500: .status500
        case 502: .status502
        case 503: .status503
        case 504: .status504
        default: .status5xx
        }
    }

    /// What happened, for operators; names no host and shows nothing of what was received, so that `/readyz` may say it to anybody.
    package var phrase: String {
        switch self {
        case .refused: "the connection is refused: nothing listens at the address and port of upstream.url"
        case .dns: "the host name of upstream.url cannot be resolved"
        case .noRoute: "no route leads to the address of upstream.url"
        case .connectTimeout: "no connection within upstream.connect_timeout"
        case .connect: "no connection"
        case .certificate:
            "its certificate is not accepted: it has expired, is for another name (upstream.tls.server_name), or is signed by an "
                + "authority that is not trusted (upstream.tls.ca_file)"
        case .tls: "the TLS handshake failed"
        case .notTLS: "the port does not speak TLS: upstream.url may have to begin with http://"
        case .resources: "this host has no file descriptor, port or memory left for a connection"
        case .reset: "the connection was reset before the answer was complete"
        case .closed: "the connection was closed before the answer was complete"
        case .timeout: "no answer within the flow's timeout"
        case .malformed: "an answer that is not well-formed HTTP"
        case .speaksTLS: "the port speaks TLS: upstream.url may have to begin with https://"
        case .tooLarge: "an answer over its size limit (upstream.answer_size_max, for the run of a flow)"
        case .redirect: "a redirect, which is not followed: upstream.url may need another scheme, host or path"
        case .unexpectedStatus: "an answer with a status that no run of a flow has"
        case .unframed: "an answer that does not say where it ends"
        case .contentCoding: "an answer with a content coding that was not asked for"
        case .contentType:
            "an answer that is not application/json: something else than LangFlow may answer at upstream.url"
        case .notJSON: "an answer that is not a JSON object"
        case .incomplete: "a stream that ended without its end event"
        case .wrongPath:
            "the path is not known there: upstream.url may lead to another program, or lack its path prefix"
        case .gateway: "an answer that is not LangFlow's, as a gateway gives it"
        case .limited: "too many calls, it was said"
        case .credential: "LangFlow refuses upstream.api_key"
        case .status500: "an answer with status 500"
        case .status502: "an answer with status 502"
        case .status503: "an answer with status 503"
        case .status504: "an answer with status 504"
        case .status5xx: "an answer with a status over 500"
        }
    }

    /// What a caller is told where the answer cannot be used; nothing of how LangFlow is reached.
    var callersPhrase: String? {
        switch self {
        case .malformed, .speaksTLS: "The answer is not well-formed HTTP."
        case .tooLarge: "The answer is over the size limit."
        case .redirect: "The answer is a redirect."
        case .unexpectedStatus: "The answer has a status that no run of a flow has."
        case .unframed: "The answer does not say where it ends."
        case .contentCoding: "The answer has a content coding that was not asked for."
        case .contentType: "The answer is not application/json."
        case .notJSON: "The answer is not a JSON object."
        case .incomplete: "The stream ended without its end event."
        default: nil
        }
    }
}
