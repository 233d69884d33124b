/// Why a request gets an error: what the caller is told, and beside it the cause, which only operators are told.
package struct Refusal: Error, Sendable, Equatable {
    package let kind: Kind
    /// One sentence for the caller: what is wrong, where, and what to do.
    package let message: String
    /// More for the caller, where there is more; LangFlow's own message, scrubbed.
    package let detail: String?
    /// The member of the request's body that is at fault, where it is one.
    package let field: String?
    /// The status, where the kind does not fix it (LangFlow's 5xx).
    package let upstreamStatus: Int?
    /// When the caller may try again, in whole seconds.
    package let retryAfterSeconds: Int?
    /// For the record and the log; no answer has it.
    package let cause: ErrorDetail?

    package init(
        _ kind: Kind,
        _ message: String,
        detail: String? = nil,
        field: String? = nil,
        upstreamStatus: Int? = nil,
        retryAfterSeconds: Int? = nil,
        cause: ErrorDetail? = nil
    ) {
        self.kind = kind
        self.message = message
        self.detail = detail
        self.field = field
        self.upstreamStatus = upstreamStatus
        self.retryAfterSeconds = retryAfterSeconds
        self.cause = cause
    }

    /// The kinds of refusal, as the audit log and the metrics name them.
    package enum Kind: String, Sendable, CaseIterable {
        case malformedRequest = "malformed_request"
        case malformedJSON = "malformed_json"
        case invalidField = "invalid_field"
        case unauthenticated
        case forbidden
        case unknownFlow = "unknown_flow"
        case unknownRoute = "unknown_route"
        case methodNotAllowed = "method_not_allowed"
        case clientTimeout = "client_timeout"
        case bodyTooLarge = "body_too_large"
        case targetTooLong = "target_too_long"
        case unsupportedMediaType = "unsupported_media_type"
        case expectationFailed = "expectation_failed"
        /// For another host than this one.
        case misdirected
        case headerTooLarge = "header_too_large"
        case notImplemented = "not_implemented"
        case httpVersion = "http_version"
        case upstreamUnreachable = "upstream_unreachable"
        case upstreamTimeout = "upstream_timeout"
        /// The connection to LangFlow was lost before its answer was complete.
        case connectionLost = "connection_lost"
        case upstreamInvalid = "upstream_invalid"
        /// A gateway, or another program in LangFlow's place, gave an error.
        case upstreamGateway = "upstream_gateway"
        /// LangFlow, or a gateway before it, takes no more calls for now.
        case upstreamLimited = "upstream_limited"
        case upstreamCredential = "upstream_credential"
        case upstreamFailed = "upstream_failed"
        case breakerOpen = "breaker_open"
        case overloaded
        case rateLimited = "rate_limited"
        case budgetExhausted = "budget_exhausted"
        /// An issuer's keys cannot be had.
        case identityUnavailable = "identity_unavailable"
        case auditUnavailable = "audit_unavailable"
        /// Only a stored answer was asked for, and none may be served.
        case notStored = "not_stored"
        /// Nothing is known under a key.
        case unknownKey = "unknown_key"
        case storeUnavailable = "store_unavailable"
        case internalError = "internal_error"

        /// The HTTP status of the kind; 500 for `upstreamFailed`, whose refusals carry LangFlow's own.
        package var status: Int {
            switch self {
            case .malformedRequest, .malformedJSON, .invalidField: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .unknownFlow, .unknownRoute, .unknownKey: 404
            case .methodNotAllowed: 405
            case .clientTimeout: 408
            case .bodyTooLarge: 413
            case .targetTooLong: 414
            case .unsupportedMediaType: 415
            case .expectationFailed: 417
            case .misdirected: 421
            case .rateLimited, .budgetExhausted, .upstreamLimited: 429
            case .headerTooLarge: 431
            case .notImplemented: 501
            case .httpVersion: 505
            case .upstreamUnreachable, .breakerOpen, .overloaded, .auditUnavailable, .identityUnavailable,
                .storeUnavailable:
                503
            case .upstreamTimeout, .notStored: 504
            case .connectionLost, .upstreamInvalid, .upstreamGateway, .upstreamCredential: 502
            case .upstreamFailed, .internalError: 500
            }
        }
    }

    /// The HTTP status that the caller sees.
    package var status: Int { self.upstreamStatus ?? self.kind.status }
}
