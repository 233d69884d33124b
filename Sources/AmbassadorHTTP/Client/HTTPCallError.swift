import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#endif

/// Why a call of a server brought no answer.
package enum HTTPCallError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No connection came about: nothing was sent. The text is the system's, for the operator.
    case notConnected(ConnectionFault, String)
    /// This process or host had no descriptor, port or memory left for a connection: nothing was sent.
    case noResources(String)
    /// The connection ended before the answer did.
    case connectionLost(ConnectionLoss)
    /// No complete answer until the deadline.
    case timedOut
    /// The answer is not well-formed HTTP, or breaks the rules for where a message ends.
    case malformed(String)
    /// The server speaks TLS, and was not called by it.
    case speaksTLS
    /// The answer's body is over the limit.
    case tooLarge(bytesMax: Int)
    /// Who called gave it up.
    case cancelled
    /// The same before anything was sent.
    case cancelledUnsent
    /// The client was shut down.
    case shutDown

    package var description: String {
        switch self {
        case .notConnected(_, let reason): "no connection: \(reason)"
        case .noResources(let reason): "no resources of this host's for a connection: \(reason)"
        case .connectionLost(.closed): "the connection was closed before the answer was complete"
        case .connectionLost(.reset): "the connection was reset before the answer was complete"
        case .connectionLost(.tls(let reason)): "the connection ended before the answer was complete: \(reason)"
        case .timedOut: "no complete answer in time"
        case .malformed(let reason): "the answer is not well-formed HTTP: \(reason)"
        case .speaksTLS: "the server speaks TLS"
        case .tooLarge(let bytesMax): "the answer is over \(bytesMax) bytes"
        case .cancelled, .cancelledUnsent: "the call was given up"
        case .shutDown: "the client was shut down"
        }
    }
}

extension HTTPCallError {
    /// Tells why a connection did not come about.
    init(connecting error: any Error) {
        if let error = error as? HTTPCallError {
            self = error
        } else if let shortage = Self.shortage(in: error) {
            self = .noResources(shortage)
        } else {
            let (fault, reason) = Self.reason(of: error)
            self = .notConnected(fault, reason)
        }
    }

    /// Tells why a TLS handshake failed.
    init(inHandshake error: any Error) {
        let text = "\(error)"
        switch error {
        case let error as HTTPCallError: self = error
        case is NIOSSLExtraError: self = .notConnected(.certificate, "TLS: \(text)")
        case _ where text.contains("CERTIFICATE_VERIFY_FAILED"): self = .notConnected(.certificate, "TLS: \(text)")
        // What is no TLS record at all looks like one of another version.
        case _ where text.contains("WRONG_VERSION_NUMBER"): self = .notConnected(.notTLS, "TLS: \(text)")
        case let error as IOError where error.errnoCode == ECONNRESET:
            self = .notConnected(.tls, "TLS: reset by the other side")
        default: self = .notConnected(.tls, "TLS: \(text)")
        }
    }

    /// Tells what became of an open connection.
    init(onConnection error: any Error) {
        switch error {
        case let error as HTTPCallError: self = error
        case HTTPParserError.invalidEOFState: self = .connectionLost(.closed)
        case is HTTPParserError, is NIOHTTPDecoderError: self = .malformed("\(error)")
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            self = .connectionLost(.reset)
        case NIOSSLError.uncleanShutdown: self = .connectionLost(.closed)
        case is NIOSSLError, is BoringSSLError: self = .connectionLost(.tls("TLS: \(error)"))
        default: self = .connectionLost(.closed)
        }
    }

    private static func reason(of error: any Error) -> (ConnectionFault, String) {
        switch error {
        case ChannelError.connectTimeout(let amount): (.timeout, "not within \(amount.nanoseconds / 1_000_000) ms")
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { Self.reason(of: $0.error) }
                ?? (.name, "no address of \(error.host) is known")
        case let error as IOError: (Self.fault(of: error.errnoCode), "\(error)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: (.tls, "TLS: \(error)")
        default: (.other, "\(error)")
        }
    }

    private static func fault(of code: CInt) -> ConnectionFault {
        switch code {
        // On Linux, a Unix domain socket that is not there, too.
        case ECONNREFUSED, ENOENT: .refused
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EACCES, EPERM: .noRoute
        case ETIMEDOUT: .timeout
        default: .other
        }
    }

    /// What this host has run out of; `nil` where the other side, or the way to it, is to blame.
    private static func shortage(in error: any Error) -> String? {
        switch error {
        case let error as IOError:
            return Self.isShortage(error.errnoCode) ? "\(error)" : nil
        case let error as NIOConnectionError:
            let reasons = error.connectionErrors.map { Self.shortage(in: $0.error) }
            // One address that could be asked and refused is LangFlow's word. Without any, its name could not be looked up, which
            // takes a descriptor as well, and the resolver does not say which of the two it was.
            guard reasons.isEmpty else { return reasons.contains(nil) ? nil : reasons.first ?? nil }
            return Self.hasNoDescriptor ? "no file descriptor to look \(error.host) up with" : nil
        default:
            return nil
        }
    }

    private static func isShortage(_ code: CInt) -> Bool {
        switch code {
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL: true
        default: false
        }
    }

    private static var hasNoDescriptor: Bool {
        let descriptor = dup(STDIN_FILENO)
        if descriptor >= 0 { close(descriptor) }
        return descriptor < 0 && (errno == EMFILE || errno == ENFILE)
    }
}
