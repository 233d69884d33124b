import AmbassadorCore
import DequeModule
import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// How much of a refused request's body is read and thrown away to keep the connection; for more, closing is cheaper.
    static let discardedBytesMax = 64 * 1024

    func receive(_ head: HTTPRequestHead) {
        guard case .head = self.input else { return }
        let receivedAt = self.headBegunAt ?? .now()
        self.headBegunAt = nil
        self.timer.restart()
        let result = RequestHead.check(
            method: head.method.rawValue,
            target: head.uri,
            minorVersion: head.version.minor,
            fields: head.headers,
            limits: self.configuration,
            clientAddress: self.clientAddress,
            receivedAt: receivedAt
        )
        switch result {
        case .success(let checked):
            self.accept(checked, minorVersion: head.version.minor, receivedAt: receivedAt)
        case .failure(let refused):
            self.answerEarly(
                Exchange(
                    .refused(refused.refusal, refused.head),
                    keepsAlive: !refused.closes,
                    minorVersion: refused.minorVersion,
                    isHEAD: refused.isHEAD,
                    crossOrigin: refused.crossOrigin
                ),
                body: refused.body
            )
        }
    }

    private func accept(_ head: RequestHead, minorVersion: Int, receivedAt: NIODeadline) {
        switch head.endpoint {
        case let endpoint where head.isPreflight:
            let preflight = Preflight(
                traceID: head.fields.traceID,
                methods: endpoint.allowedMethods + ", OPTIONS",
                requestedHeaders: head.fields.requestedHeaders
            )
            self.answerEarly(.preflight(preflight), to: head, minorVersion: minorVersion)
        case .probe(let probe):
            self.answerEarly(.probe(probe, head.fields.traceID), to: head, minorVersion: minorVersion)
        case .flows:
            let list = FlowListRequest(
                page: head.flowPage,
                credential: head.fields.credential,
                traceID: head.fields.traceID,
                clientAddress: self.clientAddress,
                receivedAt: receivedAt
            )
            self.answerEarly(.list(list), to: head, minorVersion: minorVersion)
        case .own(let path, let query):
            let plain = PlainHead(head, path: path, query: query, clientAddress: self.clientAddress)
            if self.isLong(head.fields.body), let refusal = self.plain?.refusal(beforeBodyOf: plain) {
                self.refuse(refusal, route: nil, head, minorVersion: minorVersion, receivedAt: receivedAt)
                return
            }
            self.awaitBody(of: .plain(plain), head, minorVersion: minorVersion, receivedAt: receivedAt)
        case .call(let route):
            let call = CallHead(route: route, wantsStream: head.wantsStream, head.fields)
            if self.isLong(head.fields.body),
                let refusal = self.responder.refusal(beforeBodyOf: call, from: self.clientAddress)
            {
                self.refuse(refusal, route: call.route, head, minorVersion: minorVersion, receivedAt: receivedAt)
                return
            }
            self.awaitBody(of: .call(call), head, minorVersion: minorVersion, receivedAt: receivedAt)
        }
    }

    private func awaitBody(
        of asked: IncomingHead,
        _ head: RequestHead,
        minorVersion: Int,
        receivedAt: NIODeadline
    ) {
        self.owesContinue = head.fields.expectsContinue
        self.framing = head.fields.body
        self.incoming = Incoming(
            head: asked,
            traceID: head.fields.traceID,
            traceContext: head.fields.traceContext,
            body: head.fields.body,
            keepsAlive: head.fields.keepsAlive,
            minorVersion: minorVersion,
            receivedAt: receivedAt,
            crossOrigin: head.crossOrigin
        )
        self.input = .body
    }

    /// Whether a body is, or may be, longer than what is read for a refused request.
    private func isLong(_ body: RequestFields.Body) -> Bool {
        switch body {
        case .length(let length): length > Self.discardedBytesMax
        case .chunked: true
        }
    }

    /// Answers a call that is turned away before its body.
    private func refuse(
        _ refusal: Refusal,
        route: Route?,
        _ head: RequestHead,
        minorVersion: Int,
        receivedAt: NIODeadline
    ) {
        var refused = RefusedHead(
            traceID: head.fields.traceID,
            route: route?.name ?? .none,
            errorForm: route?.errorForm ?? .problem,
            clientAddress: self.clientAddress,
            receivedAt: receivedAt
        )
        if case .call(.langFlowRun(let flow)) = head.endpoint { refused.flow = flow }
        self.answerEarly(.refused(refusal, refused), to: head, minorVersion: minorVersion)
    }

    private func answerEarly(_ question: Exchange.Question, to head: RequestHead, minorVersion: Int) {
        self.answerEarly(
            Exchange(
                question,
                keepsAlive: head.fields.keepsAlive && !head.fields.expectsContinue,
                minorVersion: minorVersion,
                isHEAD: head.isHEAD,
                crossOrigin: head.crossOrigin
            ),
            body: head.fields.body
        )
    }

    /// Takes an exchange that needs no body; what comes of the body is thrown away, or else the connection is closed.
    private func answerEarly(_ exchange: Exchange, body: RequestFields.Body) {
        var exchange = exchange
        if case .length(let length) = body {
            exchange.keepsAlive = exchange.keepsAlive && length <= Self.discardedBytesMax
        }
        self.framing = body
        self.input = exchange.keepsAlive ? .discarding(bytesLeft: Self.discardedBytesMax) : .ended
        self.submit(exchange)
    }

    func receive(_ bytes: ByteBuffer) {
        switch self.input {
        case .body:
            guard let incoming = self.incoming else { preconditionFailure("a body is read without a request") }
            let length = incoming.content.readableBytes + bytes.readableBytes
            guard length <= self.configuration.bodyBytesMax else {
                let limit = self.configuration.bodyBytesMax
                self.breakOff(Refusal(.bodyTooLarge, "The request body is over \(limit) bytes."))
                return
            }
            self.owesContinue = false
            if incoming.content.readableBytes == 0 {
                self.incoming?.content = bytes
            } else {
                self.incoming?.content.writeImmutableBuffer(bytes)
            }
        case .discarding(let bytesLeft):
            if bytes.readableBytes <= bytesLeft {
                self.input = .discarding(bytesLeft: bytesLeft - bytes.readableBytes)
            } else {
                self.endAfterAnswers()
            }
        case .head, .ended:
            break
        }
    }

    func receiveEnd() {
        self.owesContinue = false
        switch self.input {
        case .body:
            guard let incoming = self.incoming else { preconditionFailure("a body ends without a request") }
            self.incoming = nil
            self.input = incoming.keepsAlive ? .head : .ended
            if incoming.hasKnownHead, self.answersHit(incoming) { return }
            self.submit(
                Exchange(
                    self.question(of: incoming),
                    keepsAlive: incoming.keepsAlive,
                    minorVersion: incoming.minorVersion,
                    isHEAD: incoming.head.isHEAD,
                    crossOrigin: incoming.crossOrigin,
                    hasKnownHead: incoming.hasKnownHead
                )
            )
        case .discarding:
            self.input = .head
            self.timer.restart()
        case .head, .ended:
            break
        }
    }

    private func question(of incoming: Incoming) -> Exchange.Question {
        switch incoming.head {
        case .plain(let head): .plain(PlainRequest(head: head, body: incoming.content))
        case .call(let head):
            .request(
                Request(
                    head: head,
                    traceID: incoming.traceID,
                    traceContext: incoming.traceContext,
                    body: incoming.content,
                    clientAddress: self.clientAddress,
                    receivedAt: incoming.receivedAt
                )
            )
        }
    }

    /// Ends the reading of a message that is not well formed.
    func refuse(_ error: any Error) {
        self.breakOff(self.refusal(of: error))
    }

    /// Ends the reading of a message that broke, came too slowly or grew too large, with its refusal as the last answer.
    func breakOff(_ refusal: Refusal) {
        switch self.input {
        case .head:
            self.input = .ended
            let head = RefusedHead(
                traceID: .random(),
                route: .none,
                clientAddress: self.clientAddress,
                receivedAt: self.headBegunAt ?? .now()
            )
            self.submit(Exchange(breaking: refusal, of: head))
        case .body:
            guard let incoming = self.incoming else { preconditionFailure("a body breaks without a request") }
            self.incoming = nil
            self.owesContinue = false
            self.input = .ended
            var head = RefusedHead(
                traceID: incoming.traceID,
                route: incoming.head.route?.name ?? .none,
                errorForm: incoming.head.route?.errorForm ?? .problem,
                clientAddress: self.clientAddress,
                receivedAt: incoming.receivedAt
            )
            if case .langFlowRun(let flow)? = incoming.head.route { head.flow = flow }
            head.requestBytes = incoming.content.readableBytes
            self.submit(Exchange(breaking: refusal, of: head, crossOrigin: incoming.crossOrigin))
        case .discarding:
            self.endAfterAnswers()
        case .ended:
            break
        }
    }

    /// Makes the last answer that is owed, or was given, the last of the connection.
    private func endAfterAnswers() {
        self.input = .ended
        if !self.waiting.isEmpty {
            self.waiting[self.waiting.endIndex - 1].keepsAlive = false
        } else if self.pending != nil {
            self.pending?.exchange.keepsAlive = false
        } else {
            self.isLastAnswerWritten = true
        }
    }

    private func refusal(of error: any Error) -> Refusal {
        switch error {
        case is RequestDecoder.RequestLineTooLong:
            Refusal(.targetTooLong, "The request target is over \(self.configuration.targetBytesMax) bytes.")
        case HTTPParserError.headerOverflow:
            Refusal(.headerTooLarge, "The request's header has too many or too long fields.")
        case HTTPParserError.invalidMethod, HTTPParserError.invalidConstant:
            // The latter for the methods of other protocols of HTTP's family, all of whose request lines the parser knows.
            Refusal(.notImplemented, "The method is none that is known here.")
        case HTTPParserError.invalidVersion, HTTPParserError.paused:
            // The parser pauses at HTTP/2's preface.
            Refusal(.httpVersion, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
        default:
            Refusal(.malformedRequest, "The request is not well-formed HTTP.")
        }
    }
}

extension ConnectionHandler.IncomingHead {
    /// Calls never are.
    fileprivate var isHEAD: Bool {
        if case .plain(let head) = self { head.method == "HEAD" } else { false }
    }

    /// `nil` on a plane that has routes of its own.
    fileprivate var route: Route? {
        if case .call(let head) = self { head.route } else { nil }
    }
}

extension PlainHead {
    fileprivate convenience init(_ head: RequestHead, path: String, query: String?, clientAddress: String?) {
        self.init(
            method: head.method,
            path: path,
            query: query,
            credential: head.fields.credential,
            hasOrigin: head.fields.hasOrigin,
            contentFault: head.fields.contentFault,
            traceID: head.fields.traceID,
            clientAddress: clientAddress
        )
    }
}

extension CallHead {
    fileprivate convenience init(route: Route, wantsStream: Bool, _ fields: RequestFields) {
        self.init(
            route: route,
            tenantHeader: fields.tenant,
            sessionHeader: fields.session?.isEmpty == false ? fields.session : nil,
            wantsText: fields.wantsText,
            wantsStream: wantsStream,
            globalVariables: fields.globalVariables,
            directives: fields.directives,
            credential: fields.credential
        )
    }
}
