import AmbassadorCore
import NIOCore

/// A request whose turn to be answered is yet to come.
struct Exchange {
    enum Question {
        case request(Request)
        /// One of a plane that has routes of its own.
        case plain(PlainRequest)
        /// One that was answered before anything was made of it.
        case hit
        case probe(Probe, TraceID)
        case list(FlowListRequest)
        case refused(Refusal, RefusedHead)
        case preflight(Preflight)
    }

    let question: Question
    /// Whether the connection is still open for requests after the answer.
    var keepsAlive: Bool
    let minorVersion: Int
    let isHEAD: Bool
    /// What the answer says of the pages that may read it; `nil` where none may.
    let crossOrigin: CrossOriginGrant?
    /// Whether its head is one that comes again as the same object, so that a hit is worth remembering.
    let hasKnownHead: Bool

    init(
        _ question: Question,
        keepsAlive: Bool,
        minorVersion: Int,
        isHEAD: Bool = false,
        crossOrigin: CrossOriginGrant? = nil,
        hasKnownHead: Bool = false
    ) {
        self.question = question
        self.hasKnownHead = hasKnownHead
        self.crossOrigin = crossOrigin
        self.keepsAlive = keepsAlive
        self.minorVersion = minorVersion
        self.isHEAD = isHEAD
    }

    /// A request whose framing broke: the last of its connection.
    init(breaking refusal: Refusal, of head: RefusedHead, crossOrigin: CrossOriginGrant? = nil) {
        self.init(.refused(refusal, head), keepsAlive: false, minorVersion: 1, crossOrigin: crossOrigin)
    }

    /// The body that is kept while the exchange waits.
    var bodyBytes: Int {
        switch self.question {
        case .request(let request): request.body.readableBytes
        case .plain(let request): request.body.readableBytes
        case .hit, .probe, .list, .refused, .preflight: 0
        }
    }
}

/// An exchange whose answer is being waited for.
struct PendingAnswer {
    var exchange: Exchange
    /// Who makes the answer, off the loop; `nil` where it is made and its record is waited for.
    var task: Task<Void, Never>?
}

/// A browser's question whether a page may make a call.
struct Preflight {
    let traceID: TraceID
    /// What the route takes.
    let methods: String
    /// The value of `Access-Control-Request-Headers`.
    let requestedHeaders: String
}
