import NIOCore

extension ConnectionHandler {
    /// Whether the next thing that may come is a head, no part of which came yet.
    var expectsHead: Bool {
        guard case .head = self.input else { return false }
        return self.context != nil && self.headBegunAt == nil
    }

    /// The call whose head was accepted just now, where it is a plain one whose body is still to come: with a length, kept alive, and
    /// not waiting for `100 Continue`.
    var acceptedCall: (head: RequestHead, bodyLength: Int)? {
        guard case .body = self.input, let incoming = self.incoming, incoming.content.readableBytes == 0 else {
            return nil
        }
        let fields = incoming.head.fields
        guard case .length(let length) = fields.body, length > 0, incoming.minorVersion == 1 else { return nil }
        guard fields.keepsAlive, !fields.expectsContinue else { return nil }
        return (incoming.head, length)
    }

    /// Takes a whole request whose head is one that was accepted before.
    func receive(again head: RequestHead, _ body: ByteBuffer) {
        var head = head
        head.fields.renewTraceID()
        self.noteMessage()
        self.timer.restart()
        self.incoming = Incoming(head: head, minorVersion: 1, receivedAt: .now(), content: body)
        self.input = .body
        self.receiveEnd()
    }
}
