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
        default: self = .connectionLost(UpstreamCause(.closed))
        }
    }

    private init(_ error: HTTPCallError) {
        switch error {
        case .notConnected(let fault, let reason): self = .unreachable(UpstreamCause(Self.fault(fault), reason))
        case .shutDown: self = .unreachable(UpstreamCause(.connect, "the client was shut down"))
        case .noResources: self = .noResources
        case .connectionLost(.closed): self = .connectionLost(UpstreamCause(.closed))
        case .connectionLost(.reset): self = .connectionLost(UpstreamCause(.reset))
        case .connectionLost(.tls(let reason)): self = .connectionLost(UpstreamCause(.tls, reason))
        case .timedOut: self = .timeout
        case .malformed(let reason): self = .invalid(UpstreamCause(.malformed, reason))
        case .speaksTLS: self = .invalid(UpstreamCause(.speaksTLS))
        case .tooLarge(let bytesMax): self = .invalid(UpstreamCause(.tooLarge, "over \(bytesMax) bytes"))
        case .cancelled: self = .cancelled
        case .cancelledUnsent: self = .cancelledUnsent
        }
    }

    private static func fault(_ fault: ConnectionFault) -> UpstreamFault {
        switch fault {
        case .refused: .refused
        case .name: .dns
        case .noRoute: .noRoute
        case .timeout: .connectTimeout
        case .certificate: .certificate
        case .tls: .tls
        case .notTLS: .notTLS
        case .other: .connect
        }
    }
}
