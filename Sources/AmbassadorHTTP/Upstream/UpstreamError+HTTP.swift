import AmbassadorCore

extension UpstreamError {
    /// Tells what became of a call from the error that it ended with.
    ///
    /// A kept connection that LangFlow closed while the request was being written is `connectionLost`: the client cannot show that
    /// nothing was read of the request, and it does not send it again.
    init(_ error: any Error) {
        switch error {
        case let error as UpstreamError: self = error
        case let error as HTTPCallError: self.init(error)
        default: self = .connectionLost
        }
    }

    private init(_ error: HTTPCallError) {
        switch error {
        case .notConnected, .shutDown: self = .unreachable
        case .noResources: self = .noResources
        case .connectionLost: self = .connectionLost
        case .timedOut: self = .timeout
        case .malformed: self = .invalid("LangFlow's answer is not well-formed HTTP.")
        case .tooLarge(let bytesMax): self = .invalid("LangFlow's answer is over \(bytesMax) bytes.")
        case .cancelled: self = .cancelled
        }
    }
}
