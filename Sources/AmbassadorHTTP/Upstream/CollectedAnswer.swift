import AmbassadorCore
import NIOCore
import NIOHTTP1

/// One answer of LangFlow's as far as it has come; what cannot become one that may be used is turned away at once.
struct CollectedAnswer {
    private let bytesMax: Int
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

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

    /// As ``UpstreamAnswer/lifetimeMax``.
    var lifetimeMax: Duration? {
        AnswerLifetime.of(
            cacheControl: self.head?.headers["cache-control"] ?? [],
            vary: self.head?.headers["vary"] ?? []
        )
    }

    mutating func take(_ head: HTTPResponseHead) throws(UpstreamError) {
        self.head = head
        switch head.status.code {
        case 200, 400...599: break
        case 300...399: throw .invalid("LangFlow answered with a redirect.")
        default: throw .invalid("LangFlow answered with a status that no run of a flow has.")
        }
        let length = head.headers.first(name: "content-length")
        let codings = head.headers["transfer-encoding"]
        // A body that ends with its connection cannot be told from one that was cut; any coding but this one ends so.
        guard codings.allSatisfy({ $0.utf8.equalsIgnoringCase("chunked") }), length != nil || codings.count == 1 else {
            throw .invalid("LangFlow's answer does not say where it ends.")
        }
        guard head.headers[canonicalForm: "content-encoding"].allSatisfy({ $0.utf8.equalsIgnoringCase("identity") })
        else {
            throw .invalid("LangFlow's answer has a content coding that was not asked for.")
        }
        if !self.isStream, let length = length.flatMap({ Int($0) }), length > self.bytesMax {
            throw .invalid("LangFlow's answer is over the size limit.")
        }
    }

    mutating func take(_ part: ByteBuffer) throws(UpstreamError) {
        guard self.body.readableBytes + part.readableBytes <= self.bytesMax else {
            throw .invalid("LangFlow's answer is over the size limit.")
        }
        if self.body.readableBytes == 0 {
            self.body = part
        } else {
            self.body.writeImmutableBuffer(part)
        }
    }

    /// The answer, all of which has come.
    func whole() throws(UpstreamError) -> UpstreamAnswer {
        guard let head = self.head else { throw .connectionLost }
        return UpstreamAnswer(
            status: Int(head.status.code),
            contentType: self.contentType,
            body: self.body,
            lifetimeMax: self.lifetimeMax
        )
    }
}
