import AmbassadorCore
import NIOCore

/// Hits are answered here, before anything is made of a request's body.
extension InputGate {
    /// Answers those requests at the front of what was read that are hits in memory, and leaves the rest.
    func takeHits(from bytes: inout ByteBuffer) {
        guard let shortcuts = self.connection.table.shortcuts, self.isBetweenMessages else { return }
        let receivedAt = NIODeadline.now()
        let taken = bytes.withUnsafeReadableBytes { bytes in
            var taken = 0
            while self.connection.takesHits {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
                guard let (head, verdict) = self.known(rest) else { break }
                let end = head.byteCount + head.contentLength
                let request = RepeatedRequest(
                    head: verdict.call,
                    body: UnsafeRawBufferPointer(rebasing: rest[head.byteCount..<end]),
                    traceID: head.traceID,
                    clientAddress: self.connection.clientAddress,
                    receivedAt: receivedAt
                )
                guard self.connection.answersHit(request, verdict.crossOrigin, shortcuts) else { break }
                taken += end
            }
            return taken
        }
        guard taken > 0 else { return }
        bytes.moveReaderIndex(forwardBy: taken)
        self.connection.noteHits(at: receivedAt)
    }
}

extension ConnectionHandler {
    /// Whether a request that comes now may be answered at once, without a look at what comes behind it.
    var takesHits: Bool {
        guard self.expectsHead, self.pending == nil, self.waiting.isEmpty, !self.isLastAnswerWritten else {
            return false
        }
        guard !self.hasSeenEOF, !self.table.isDraining else { return false }
        if self.output.readableBytes > self.configuration.unsentBytesMax { self.flush() }
        return self.context != nil && !self.isOutputBlocked
    }

    /// Answers a request that is a hit; the answer leaves at the end of the loop's turn, or once its record is on disk.
    ///
    /// - Returns: `false` where it is none.
    func answersHit(_ request: RepeatedRequest, _ crossOrigin: CrossOriginGrant?, _ shortcuts: Shortcuts) -> Bool {
        guard let decision = self.responder.hit(request, in: shortcuts) else { return false }
        if case .answered(let response) = decision {
            if self.output.readableBytes == 0 { self.table.flushAtTurnEnd(self) }
            self.makeRoom(for: response)
            self.table.encoding.write(response, ResponseEncoding.Manner(crossOrigin: crossOrigin), into: &self.output)
        } else {
            self.follow(decision, for: Exchange(.hit, keepsAlive: true, minorVersion: 1, crossOrigin: crossOrigin))
        }
        return true
    }

    /// Answers a request whose content came after its head, where it is a hit.
    func answersHit(_ incoming: Incoming) -> Bool {
        guard let shortcuts = self.table.shortcuts, self.takesHits, case .call(let head) = incoming.head else {
            return false
        }
        return incoming.content.withUnsafeReadableBytes { body in
            let request = RepeatedRequest(
                head: head,
                body: body,
                traceID: incoming.traceID,
                clientAddress: self.clientAddress,
                receivedAt: incoming.receivedAt
            )
            return self.answersHit(request, incoming.crossOrigin, shortcuts)
        }
    }

    /// Takes note of a read that brought hits, after which nothing is waited for but the next request.
    func noteHits(at time: NIODeadline) {
        self.lastActive = time
        self.timer.restart()
        self.armTimer()
    }
}
