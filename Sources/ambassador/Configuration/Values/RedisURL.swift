import Foundation

/// Where Redis is: `redis://`, `rediss://` (TLS) or `unix:/path`, with user, password and database.
struct RedisURL: Sendable, Equatable, CustomStringConvertible {
    let isTLS: Bool
    let endpoint: ListenAddress
    let user: String?
    let password: Secret?
    let database: Int

    static let databaseMax = 65_535

    init(_ text: String) throws(InvalidValue) {
        if text.utf8.starts(with: "unix:".utf8) {
            let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            self.isTLS = false
            self.endpoint = try ListenAddress(String(parts[0]))
            self.user = nil
            self.password = nil
            self.database = try parts.count == 2 ? Self.unixDatabase(parts[1]) : 0
            return
        }
        let parts = try URLParts(text, schemes: ["redis", "rediss"])
        let endpoint = try HostAndPort(parts.authority, defaultPort: 6379)
        guard endpoint.port > 0 else { throw InvalidValue("has no port between 1 and 65535") }
        self.isTLS = parts.scheme == "rediss"
        self.endpoint = .tcp(host: endpoint.host, port: endpoint.port)
        let credentials = (parts.userInfo ?? "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try Self.decoded(credentials.first ?? "")
        self.user = user.isEmpty ? nil : user
        self.password = try credentials.count == 2 ? Secret(Self.decoded(credentials[1])) : nil
        self.database = try parts.path.isEmpty || parts.path == "/" ? 0 : Self.database(parts.path.dropFirst())
    }

    private static func decoded(_ text: Substring) throws(InvalidValue) -> String {
        guard let decoded = String(text).removingPercentEncoding else {
            throw InvalidValue("has a user or password with a broken % sequence")
        }
        return decoded
    }

    private static func unixDatabase(_ query: Substring) throws(InvalidValue) -> Int {
        guard query.utf8.starts(with: "db=".utf8) else {
            throw InvalidValue("has a query other than ?db=N after the socket's path")
        }
        return try Self.database(query.dropFirst(3))
    }

    private static func database(_ text: Substring) throws(InvalidValue) -> Int {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(isDigit), let number = Int(text),
            number <= Self.databaseMax
        else { throw InvalidValue("has no database between 0 and \(Self.databaseMax) behind its host") }
        return number
    }

    /// The URL without its password.
    var description: String {
        guard case .tcp = self.endpoint else {
            return self.database == 0 ? self.endpoint.description : "\(self.endpoint)?db=\(self.database)"
        }
        let scheme = self.isTLS ? "rediss" : "redis"
        let user = self.user?.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let credentials = self.password == nil ? user : "\(user):***"
        return "\(scheme)://\(credentials)\(credentials.isEmpty ? "" : "@")\(self.endpoint)/\(self.database)"
    }
}
