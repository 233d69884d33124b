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
    package let password: RedisSecret?
    package let database: Int

    /// Reads an address.
    ///
    /// `redis://[[user]:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:/path[?db=n]` or
    /// `redis+unix://[[user]:password@]/path[?db=n]`. User, password and path may be percent-encoded. The port is 6379 by default.
    ///
    /// - Throws: ``RedisURLError``, which holds nothing of the text.
    package init(_ url: String) throws(RedisURLError) {
        let bytes = url.utf8[...]
        if let rest = bytes.dropping("rediss://") {
            try self.init(authorityAndDatabase: rest, isEncrypted: true)
        } else if let rest = bytes.dropping("redis://") {
            try self.init(authorityAndDatabase: rest, isEncrypted: false)
        } else if let rest = bytes.dropping("redis+unix://") ?? bytes.dropping("unix://") ?? bytes.dropping("unix:") {
            try self.init(socket: rest)
        } else {
            throw .unknownScheme
        }
    }

    private init(authorityAndDatabase rest: Substring.UTF8View, isEncrypted: Bool) throws(RedisURLError) {
        guard !rest.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw .unknownOption
        }
        // The database follows the host, and a password may hold a slash where it was not encoded: so the '@' comes first.
        let (credentials, place) = Self.splitCredentials(rest)
        (self.user, self.password) = try Self.parse(credentials: credentials)
        let slash = place.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
        let database = place[slash...].dropFirst()
        self.database = database.isEmpty ? 0 : try Self.number(database, 0...65_535, or: .invalidDatabase)
        let (host, port) = try Self.parse(hostAndPort: place[..<slash])
        self.endpoint = .tcp(host: host, port: port, isEncrypted: isEncrypted)
    }

    private init(socket rest: Substring.UTF8View) throws(RedisURLError) {
        let (credentials, place) = Self.splitCredentials(rest)
        (self.user, self.password) = try Self.parse(credentials: credentials)
        let question = place.firstIndex(of: UInt8(ascii: "?")) ?? place.endIndex
        let path = try Self.percentDecoded(place[..<question])
        guard path.utf8.first == UInt8(ascii: "/"), (2...107).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw .invalidSocketPath
        }
        let option = place[question...].dropFirst()
        if option.isEmpty {
            self.database = 0
        } else if let number = option.dropping("db=") {
            self.database = try Self.number(number, 0...65_535, or: .invalidDatabase)
        } else {
            throw .unknownOption
        }
        self.endpoint = .unix(path: path)
    }

    private static func splitCredentials(
        _ bytes: Substring.UTF8View
    ) -> (credentials: Substring.UTF8View?, place: Substring.UTF8View) {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return (nil, bytes) }
        return (bytes[..<at], bytes[bytes.index(after: at)...])
    }

    private static func parse(
        credentials: Substring.UTF8View?
    ) throws(RedisURLError) -> (String?, RedisSecret?) {
        guard let credentials else { return (nil, nil) }
        guard let colon = credentials.firstIndex(of: UInt8(ascii: ":")) else { throw .emptyPassword }
        let user = try Self.percentDecoded(credentials[..<colon])
        let password = try Self.percentDecoded(credentials[credentials.index(after: colon)...])
        guard !password.isEmpty else { throw .emptyPassword }
        return (user.isEmpty ? nil : user, RedisSecret(password))
    }

    private static func parse(
        hostAndPort bytes: Substring.UTF8View
    ) throws(RedisURLError) -> (host: String, port: Int) {
        var host = bytes
        var port: Substring.UTF8View?
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .invalidHost }
            host = bytes[bytes.index(after: bytes.startIndex)..<end]
            let rest = bytes[bytes.index(after: end)...]
            guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { throw .invalidPort }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            host = bytes[..<colon]
            port = bytes[bytes.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .emptyHost }
        let isBracketed = bytes.first == UInt8(ascii: "[")
        guard host.count <= 255, host.allSatisfy({ Self.isHostByte($0, inBrackets: isBracketed) }) else {
            throw .invalidHost
        }
        guard let port else { return (String(decoding: host, as: UTF8.self), 6379) }
        return (String(decoding: host, as: UTF8.self), try Self.number(port, 1...65_535, or: .invalidPort))
    }

    private static func isHostByte(_ byte: UInt8, inBrackets: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): !inBrackets
        case UInt8(ascii: ":"), UInt8(ascii: "%"): inBrackets
        default: false
        }
    }

    private static func number(
        _ digits: Substring.UTF8View,
        _ range: ClosedRange<Int>,
        or error: RedisURLError
    ) throws(RedisURLError) -> Int {
        guard (1...5).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw error }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard range.contains(number) else { throw error }
        return number
    }

    private static func percentDecoded(_ bytes: Substring.UTF8View) throws(RedisURLError) -> String {
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexValue), let low = rest.popFirst().flatMap(Self.hexValue)
            else {
                throw .invalidPercentEncoding
            }
            decoded.append(high << 4 | low)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .invalidPercentEncoding }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Substring.UTF8View {
    /// What follows a prefix, or `nil` where it is not there.
    fileprivate func dropping(_ prefix: String) -> Substring.UTF8View? {
        self.starts(with: prefix.utf8) ? self.dropFirst(prefix.utf8.count) : nil
    }
}
