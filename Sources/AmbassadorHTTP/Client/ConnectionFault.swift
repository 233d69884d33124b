/// Why there is no connection to a server.
package enum ConnectionFault: Sendable, Hashable {
    case refused
    /// The server's name has no address.
    case name
    case noRoute
    case timeout
    /// The server's certificate is not accepted.
    case certificate
    /// The TLS handshake failed, or none could be begun.
    case tls
    /// The server does not speak TLS.
    case notTLS
    case other
}

/// How a connection ended before the answer did.
package enum ConnectionLoss: Sendable, Hashable {
    case closed
    case reset
    /// By a failure of TLS, such as a certificate of the client's that is missing.
    case tls(String)
}
