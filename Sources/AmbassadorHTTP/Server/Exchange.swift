import AmbassadorCore
import NIOCore

/// A request whose turn to be answered is yet to come.
struct Exchange {
    enum Question {
        case request(Request)
        case probe(Probe, TraceID)
        case refused(Refusal, RefusedHead)
    }

    let question: Question
    /// Whether the connection is still open for requests after the answer.
    var keepsAlive: Bool
    let minorVersion: Int
    let isHEAD: Bool

    init(_ question: Question, keepsAlive: Bool, minorVersion: Int, isHEAD: Bool) {
        self.question = question
        self.keepsAlive = keepsAlive
        self.minorVersion = minorVersion
        self.isHEAD = isHEAD
    }

    /// A request whose framing broke: the last of its connection.
    init(breaking refusal: Refusal, of head: RefusedHead) {
        self.init(.refused(refusal, head), keepsAlive: false, minorVersion: 1, isHEAD: false)
    }

    /// The body that is kept while the exchange waits.
    var bodyBytes: Int {
        if case .request(let request) = self.question { request.body.readableBytes } else { 0 }
    }
}
