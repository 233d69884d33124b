import AmbassadorCore
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Collects one answer of LangFlow's, and gives it up as soon as it is seen to be none that may be used.
final class AnswerCollector: HTTPClientResponseDelegate {
    typealias Response = UpstreamAnswer

    private struct State {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    func didReceiveHead(task: HTTPClient.Task<UpstreamAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        if let error = self.flaw(of: head) {
            return task.eventLoop.makeFailedFuture(error)
        }
        self.state.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    /// What makes an answer useless, be its body what it may.
    private func flaw(of head: HTTPResponseHead) -> UpstreamError? {
        switch head.status.code {
        case 200, 400...599: break
        case 300...399: return .invalid("LangFlow answered with a redirect.")
        default: return .invalid("LangFlow answered with a status that no run of a flow has.")
        }
        let length = head.headers.first(name: "content-length")
        // A body that ends with its connection cannot be told from one that was cut.
        guard length != nil || head.headers.contains(name: "transfer-encoding") else {
            return .invalid("LangFlow's answer does not say where it ends.")
        }
        guard head.headers[canonicalForm: "content-encoding"].allSatisfy({ $0.utf8.equalsIgnoringCase("identity") })
        else {
            return .invalid("LangFlow's answer has a content coding that was not asked for.")
        }
        if let length = length.flatMap({ Int($0) }), length > self.bytesMax {
            return .invalid("LangFlow's answer is over the size limit.")
        }
        return nil
    }

    func didReceiveBodyPart(task: HTTPClient.Task<UpstreamAnswer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = self.state.withLock { state in
            guard state.body.readableBytes + part.readableBytes <= self.bytesMax else { return false }
            if state.body.readableBytes == 0 {
                state.body = part
            } else {
                state.body.writeImmutableBuffer(part)
            }
            return true
        }
        guard fits else {
            return task.eventLoop.makeFailedFuture(UpstreamError.invalid("LangFlow's answer is over the size limit."))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<UpstreamAnswer>) throws -> UpstreamAnswer {
        let (head, body) = self.state.withLock { ($0.head, $0.body) }
        guard let head else { throw UpstreamError.connectionLost }
        let type = head.headers.first(name: "content-type") ?? ""
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }.trimmingBlanks
        return UpstreamAnswer(
            status: Int(head.status.code),
            contentType: String(Substring(essence)).lowercased(),
            body: body,
            lifetimeMax: AnswerLifetime.of(
                cacheControl: head.headers["cache-control"],
                vary: head.headers["vary"]
            )
        )
    }
}
