package import AmbassadorCore

/// Where a Redis listens, and as whom to speak to it.
package struct RedisAddress: Sendable, Equatable {
    /// The kind of socket.
    package enum Endpoint: Sendable, Equatable {
        case tcp(host: String, port: Int, isEncrypted: Bool)
        case unix(path: String)
    }

    package let endpoint: Endpoint
    /// `nil` for Redis' default user.
    package let user: String?
    /// `nil` where Redis wants none.
    package let password: Secret?
    package let database: Int

    /// Reads an address.
    ///
    /// `redis://[[user]:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:/path[?db=n]` or
    /// `redis+unix://[[user]:password@]/path[?db=n]`. User, password and path may be percent-encoded. The port is 6379 by default.
    ///
    /// - Throws: what is wrong, which holds nothing of the text, since a password may stand anywhere in it.
    package init(_ url: String) throws(InvalidValue) {
        let bytes = url.utf8[...]
        if let rest = bytes.dropping("rediss://") {
            try self.init(authorityAndDatabase: rest, isEncrypted: true)
        } else if let rest = bytes.dropping("redis://") {
            try self.init(authorityAndDatabase: rest, isEncrypted: false)
        } else if let rest = bytes.dropping("redis+unix://") ?? bytes.dropping("unix://") ?? bytes.dropping("unix:") {
            try self.init(socket: rest)
        } else {
            throw InvalidValue("is not a URL that begins with redis://, rediss://, unix:/ or redis+unix://")
        }
    }

    private init(authorityAndDatabase rest: Substring.UTF8View, isEncrypted: Bool) throws(InvalidValue) {
        guard !rest.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw InvalidValue("has a query or fragment; in a password, ? and # are written as %3F and %23")
        }
        // The database follows the host, and a password may hold a slash where it was not encoded: so the '@' comes first.
        let (credentials, place) = Self.splitCredentials(rest)
        (self.user, self.password) = try Self.parse(credentials: credentials)
        let slash = place.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
        let database = place[slash...].dropFirst()
        self.database = database.isEmpty ? 0 : try Self.database(database)
        let server = try HostAndPort(ofURL: Substring(place[..<slash]), defaultPort: 6379)
        self.endpoint = .tcp(host: server.host, port: server.port, isEncrypted: isEncrypted)
    }

    private init(socket rest: Substring.UTF8View) throws(InvalidValue) {
        let (credentials, place) = Self.splitCredentials(rest)
        (self.user, self.password) = try Self.parse(credentials: credentials)
        let question = place.firstIndex(of: UInt8(ascii: "?")) ?? place.endIndex
        self.endpoint = .unix(path: try SocketPath.checked(try Self.percentDecoded(place[..<question])))
        let option = place[question...].dropFirst()
        if option.isEmpty {
            self.database = 0
        } else if let number = option.dropping("db=") {
            self.database = try Self.database(number)
        } else {
            throw InvalidValue("has a query other than ?db=N after the socket's path")
        }
    }

    private static func splitCredentials(
        _ bytes: Substring.UTF8View
    ) -> (credentials: Substring.UTF8View?, place: Substring.UTF8View) {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return (nil, bytes) }
        return (bytes[..<at], bytes[bytes.index(after: at)...])
    }

    private static func parse(credentials: Substring.UTF8View?) throws(InvalidValue) -> (String?, Secret?) {
        guard let credentials else { return (nil, nil) }
        let colon = credentials.firstIndex(of: UInt8(ascii: ":")) ?? credentials.endIndex
        let user = try Self.percentDecoded(credentials[..<colon])
        let password = try Self.percentDecoded(credentials[colon...].dropFirst())
        guard !password.isEmpty else { throw InvalidValue("has an @ but no password before it") }
        return (user.isEmpty ? nil : user, Secret(password))
    }

    private static func database(_ digits: Substring.UTF8View) throws(InvalidValue) -> Int {
        let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, (1...5).contains(digits.count), let number = Int(Substring(digits)), number <= 65_535 else {
            throw InvalidValue("has no database between 0 and 65535 where one is expected")
        }
        return number
    }

    private static func percentDecoded(_ bytes: Substring.UTF8View) throws(InvalidValue) -> String {
        let invalid = InvalidValue("has a user, password or path that is not percent-encoded UTF-8")
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexValue), let low = rest.popFirst().flatMap(Self.hexValue)
            else { throw invalid }
            decoded.append(high << 4 | low)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw invalid }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
        return HexDigits.value(ofLowercase: isUppercase ? byte | 0x20 : byte)
    }
}

extension RedisAddress: CustomStringConvertible {
    /// The address as ``init(_:)`` reads it, with `***` in place of the password.
    package var description: String {
        let user = self.user.map(Self.percentEncoded) ?? ""
        let credentials = self.password.map { "\(user):\($0)@" } ?? ""
        switch self.endpoint {
        case .tcp(let host, let port, let isEncrypted):
            let server = HostAndPort(host: host, port: port)
            return "\(isEncrypted ? "rediss" : "redis")://\(credentials)\(server)/\(self.database)"
        case .unix(let path):
            let scheme = credentials.isEmpty ? "unix:" : "redis+unix://\(credentials)"
            return scheme + Self.percentEncoded(path) + (self.database == 0 ? "" : "?db=\(self.database)")
        }
    }

    /// Encodes all but the unreserved characters of RFC 3986 §2.3 and slashes.
    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%"
                encoded.unicodeScalars.append(Unicode.Scalar(HexDigits.digit(byte >> 4)))
                encoded.unicodeScalars.append(Unicode.Scalar(HexDigits.digit(byte & 0xF)))
            }
        }
        return encoded
    }
}

extension Substring.UTF8View {
    /// What follows a prefix, or `nil` where it is not there.
    fileprivate func dropping(_ prefix: String) -> Substring.UTF8View? {
        self.starts(with: prefix.utf8) ? self.dropFirst(prefix.utf8.count) : nil
    }
}
