import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// Why a call of a server brought no answer.
package enum HTTPCallError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No connection came about: nothing was sent. The reason is the system's, for the operator.
    case notConnected(String)
    /// This process or host had no descriptor, port or memory left for a connection: nothing was sent.
    case noResources(String)
    /// The connection ended before the answer did.
    case connectionLost
    /// No complete answer until the deadline.
    case timedOut
    /// The answer is not well-formed HTTP, or breaks the rules for where a message ends.
    case malformed(String)
    /// The answer's body is over the limit.
    case tooLarge(bytesMax: Int)
    /// Who called gave it up.
    case cancelled
    /// The client was shut down.
    case shutDown

    package var description: String {
        switch self {
        case .notConnected(let reason): "no connection: \(reason)"
        case .noResources(let reason): "no resources of this host's for a connection: \(reason)"
        case .connectionLost: "the connection ended before the answer did"
        case .timedOut: "no complete answer in time"
        case .malformed(let reason): "the answer is not well-formed HTTP: \(reason)"
        case .tooLarge(let bytesMax): "the answer is over \(bytesMax) bytes"
        case .cancelled: "the call was given up"
        case .shutDown: "the client was shut down"
        }
    }
}

extension HTTPCallError {
    /// Tells why a connection did not come about.
    init(connecting error: any Error) {
        if let shortage = Self.shortage(in: error) {
            self = .noResources(shortage)
        } else {
            self = .notConnected(Self.reason(of: error))
        }
    }

    /// Tells what became of an open connection.
    init(onConnection error: any Error) {
        switch error {
        case let error as HTTPCallError: self = error
        case HTTPParserError.invalidEOFState: self = .connectionLost
        case is HTTPParserError, is NIOHTTPDecoderError: self = .malformed("\(error)")
        default: self = .connectionLost
        }
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case ChannelError.connectTimeout(let amount): "not within \(amount.nanoseconds / 1_000_000) ms"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { Self.reason(of: $0.error) } ?? "no address of \(error.host) is known"
        case let error as IOError: "\(error)"
        default: "\(error)"
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
