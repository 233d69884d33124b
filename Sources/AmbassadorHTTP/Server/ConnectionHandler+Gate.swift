import AmbassadorCore
import NIOCore

extension ConnectionHandler {
    /// Whether the next thing that may come is a head, no part of which came yet.
    var expectsHead: Bool {
        guard case .head = self.input else { return false }
        return self.context != nil && self.headBegunAt == nil
    }

    /// Whether nothing more is taken.
    var hasEndedInput: Bool {
        if case .ended = self.input { true } else { false }
    }

    /// The content that follows the head that was seen last; `nil` where none does.
    var bodyDue: RequestFields.Body? {
        switch self.input {
        case .body, .discarding: self.framing
        case .head, .ended: nil
        }
    }

    /// The call whose head was accepted just now, where it is a plain one whose body is still to come: with a length, kept alive, and
    /// not waiting for `100 Continue`.
    var acceptedCall: (call: CallHead, crossOrigin: CrossOriginGrant?)? {
        guard case .body = self.input, let incoming = self.incoming, incoming.content.readableBytes == 0 else {
            return nil
        }
        guard case .length(let length) = incoming.body, length > 0, incoming.minorVersion == 1 else { return nil }
        guard incoming.keepsAlive, !self.owesContinue, case .call(let call) = incoming.head else { return nil }
        return (call, incoming.crossOrigin)
    }

    /// Takes the head of a request, one that was accepted before, whose content is still to come.
    func receive(again head: FramedHead, _ traceContext: TraceContext?, _ verdict: HeadMemo.Verdict) {
        self.noteMessage()
        self.timer.restart()
        self.framing = .length(head.contentLength)
        self.incoming = Incoming(
            head: .call(verdict.call),
            traceID: head.traceID ?? .random(),
            traceContext: traceContext,
            body: self.framing,
            keepsAlive: true,
            minorVersion: 1,
            receivedAt: .now(),
            crossOrigin: verdict.crossOrigin,
            hasKnownHead: true
        )
        self.input = .body
    }

    /// Takes content that follows such a head.
    func receive(again content: ByteBuffer, isLast: Bool) {
        self.noteMessage()
        self.receive(content)
        if isLast { self.receiveEnd() }
    }

    /// Takes a whole request whose head is one that was accepted before.
    func receive(
        again head: FramedHead,
        _ traceContext: TraceContext?,
        _ verdict: HeadMemo.Verdict,
        _ body: ByteBuffer
    ) {
        self.noteMessage()
        self.timer.restart()
        let request = Request(
            head: verdict.call,
            traceID: head.traceID ?? .random(),
            traceContext: traceContext,
            body: body,
            clientAddress: self.clientAddress,
            receivedAt: .now()
        )
        self.submit(
            Exchange(
                .request(request),
                keepsAlive: true,
                minorVersion: 1,
                crossOrigin: verdict.crossOrigin,
                hasKnownHead: true
            )
        )
    }
}
