/// What a connection to a server may do next; knows no channel.
///
/// A connection answers one request at a time and is used again only after an answer that ended where it said it would, with the
/// whole request sent, and with no byte behind it. There is no event that it is not prepared for at any time.
struct ConnectionState {
    private enum Phase {
        case idle
        /// A request was sent; whether the connection may be used again.
        case waiting
        case answering(mayPersist: Bool)
        case closed
    }

    /// What becomes of the connection after an answer.
    enum End: Equatable {
        case reuse
        case close
        /// There is no answer that could end.
        case malformed
    }

    private var phase = Phase.idle

    /// Takes the connection for a request.
    ///
    /// - Returns: `false` where it is closed or taken.
    mutating func begin() -> Bool {
        guard case .idle = self.phase else { return false }
        self.phase = .waiting
        return true
    }

    /// A head has come; `false` where none was to come.
    mutating func takeHead(isKeepAlive: Bool) -> Bool {
        guard case .waiting = self.phase else { return false }
        self.phase = .answering(mayPersist: isKeepAlive)
        return true
    }

    /// Whether a part of a body may come now.
    var isAnswering: Bool {
        if case .answering = self.phase { true } else { false }
    }

    /// The end of the answer has come.
    ///
    /// - Parameter isRequestSent: whether the other side has been sent all of the request.
    /// - Returns: what becomes of the connection.
    mutating func takeEnd(isRequestSent: Bool) -> End {
        guard case .answering(let mayPersist) = self.phase else { return .malformed }
        self.phase = mayPersist && isRequestSent ? .idle : .closed
        return mayPersist && isRequestSent ? .reuse : .close
    }

    /// The connection has ended, or is of no more use.
    ///
    /// - Returns: whether it was not so before.
    mutating func close() -> Bool {
        if case .closed = self.phase { return false }
        self.phase = .closed
        return true
    }
}
