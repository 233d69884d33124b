import AmbassadorCore
import AmbassadorHTTP

/// Where commands find the admin API, and whether it speaks TLS.
struct AdminPlace: Sendable, Equatable, CustomStringConvertible {
    let origin: HTTPOrigin
    let description: String

    private init(origin: HTTPOrigin, description: String) {
        self.origin = origin
        self.description = description
    }

    init(_ address: ListenAddress) {
        self.init(origin: address.origin, description: address.description)
    }

    /// Reads `host:port`, `[address]:port`, `unix:/path`, or `https://host[:port]` for TLS.
    init(_ text: String) throws(InvalidValue) {
        guard text.utf8.starts(with: "https://".utf8) else {
            self.init(try ListenAddress(text))
            return
        }
        let url = try UpstreamURL(text)
        guard url.prefix.isEmpty else { throw InvalidValue("has a path; the admin API is at the root of its server") }
        self.init(origin: url.origin, description: url.description)
    }

    /// Where the configuration has it; with TLS a name is needed that stands in the certificate.
    init(_ admin: AmbassadorConfiguration.Admin) throws(CommandFailure) {
        guard admin.tls.certificateFile != nil, case .tcp(let host, let port) = admin.address else {
            self.init(admin.address)
            return
        }
        guard !["0.0.0.0", "::"].contains(host) else {
            throw CommandFailure(
                """
                the admin API listens on every address with TLS (\(admin.address)); say with --admin https://NAME:\(port) by which name of \
                its certificate it is asked
                """
            )
        }
        let place = HostAndPort(host: host, port: port)
        self.init(origin: HTTPOrigin(isTLS: true, place: place), description: "https://\(place)")
    }
}
