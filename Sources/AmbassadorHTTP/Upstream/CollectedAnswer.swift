import AmbassadorCore
import NIOCore
import NIOHTTP1

/// One answer of LangFlow's as far as it has come; what cannot become one that may be used is turned away at once.
struct CollectedAnswer {
    private let bytesMax: Int
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    /// When the head came.
    private var time = Timestamp(milliseconds: 0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Whether the head announces a stream: status 200 and `text/event-stream`.
    var isStream: Bool { self.head?.status.code == 200 && self.contentType == "text/event-stream" }

    /// The value of `Content-Type`, without parameters and in lower case; empty where absent.
    private var contentType: String {
        let type = self.head?.headers.first(name: "content-type") ?? ""
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }.trimmingBlanks
        return String(Substring(essence)).lowercased()
    }

    /// What the head says of a 200.
    var freshness: AnswerFreshness {
        guard let head = self.head, head.status.code == 200 else { return .unsaid }
        return AnswerFreshness(head.headers, receivedAt: self.time)
    }

    mutating func take(_ head: HTTPResponseHead) throws(UpstreamError) {
        self.head = head
        self.time = Clocks.system.wall()
        switch head.status.code {
        case 200: try Self.checkBody(of: head)
        // Of an error the status is enough: a gateway's page may end with its connection, or be compressed unasked.
        case 400...599: break
        case 300...399: throw .invalid(UpstreamCause(.redirect, "status \(head.status.code)"))
        default: throw .invalid(UpstreamCause(.unexpectedStatus, "\(head.status.code)"))
        }
        let length = head.headers.first(name: "content-length")
        if !self.isStream, let length = length.flatMap({ Int($0) }), length > self.bytesMax { throw self.tooLarge }
    }

    private static func checkBody(of head: HTTPResponseHead) throws(UpstreamError) {
        let codings = head.headers["transfer-encoding"]
        let hasLength = head.headers.contains(name: "content-length")
        // A body that ends with its connection cannot be told from one that was cut; any coding but this one ends so.
        guard codings.allSatisfy({ $0.utf8.equalsIgnoringCase("chunked") }), hasLength || codings.count == 1 else {
            throw .invalid(UpstreamCause(.unframed))
        }
        guard head.headers[canonicalForm: "content-encoding"].allSatisfy({ $0.utf8.equalsIgnoringCase("identity") })
        else { throw .invalid(UpstreamCause(.contentCoding)) }
    }

    private var tooLarge: UpstreamError { .invalid(UpstreamCause(.tooLarge, "over \(self.bytesMax) bytes")) }

    mutating func take(_ part: ByteBuffer) throws(UpstreamError) {
        guard self.body.readableBytes + part.readableBytes <= self.bytesMax else { throw self.tooLarge }
        if self.body.readableBytes == 0 {
            self.body = part
        } else {
            self.body.writeImmutableBuffer(part)
        }
    }

    /// The answer, all of which has come.
    func whole() throws(UpstreamError) -> UpstreamAnswer {
        guard let head = self.head else { throw .connectionLost(UpstreamCause(.closed)) }
        return UpstreamAnswer(
            status: Int(head.status.code),
            contentType: self.contentType,
            body: self.body,
            freshness: self.freshness,
            retryAfterSeconds: RetryAfter.seconds(head.headers["retry-after"], receivedAt: self.time)
        )
    }
}
