import AmbassadorCore
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

extension UpstreamError {
    /// Tells what became of a call from the error that it ended with.
    ///
    /// A pooled connection that LangFlow closed while the request was being written is `connectionLost`: the client cannot show that
    /// nothing was read of the request, and it does not send it again.
    init(_ error: any Error) {
        switch error {
        case let error as UpstreamError: self = error
        case let error as HTTPClientError: self.init(error)
        case is CancellationError: self = .cancelled
        case is NIOConnectionError: self = .unreachable
        case HTTPParserError.invalidEOFState: self = .connectionLost
        case is HTTPParserError, is NIOHTTPDecoderError: self = .invalid("LangFlow's answer is not well-formed HTTP.")
        case let error as IOError: self.init(error)
        case is ChannelError: self = .connectionLost
        default: self = .unreachable
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .cancelled: self = .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout: self = .timeout
        case .connectTimeout, .tlsHandshakeTimeout, .alreadyShutdown: self = .unreachable
        case .remoteConnectionClosed: self = .connectionLost
        default: self = .invalid("LangFlow's answer could not be read.")
        }
    }

    /// A connection that could not be opened was never written to; one that was open may have been read from.
    private init(_ error: IOError) {
        switch error.errnoCode {
        case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENOENT, EADDRNOTAVAIL: self = .unreachable
        default: self = .connectionLost
        }
    }
}
