import AmbassadorCore
import NIOSSL

extension RedisConfiguration {
    /// The fewest bytes of a secret: the strength of an AES-128 key, were they random.
    package static let secretBytesMin = 16

    /// Checks every number against its range.
    package func validate() throws(RedisConfigurationError) {
        let minute = Duration.seconds(60)
        let checks: [(String, Bool)] = [
            ("commandTimeout", self.commandTimeout >= .milliseconds(1) && self.commandTimeout <= minute),
            ("connectTimeout", self.connectTimeout >= .milliseconds(1) && self.connectTimeout <= minute),
            ("connections", (1...Self.connectionsMax).contains(self.connections)),
            ("commandsMax", (1...1_048_576).contains(self.commandsMax)),
            ("commandBytesMax", (1...(1 << 32)).contains(self.commandBytesMax)),
            ("valueBytesMax", (1024...(128 << 20)).contains(self.valueBytesMax)),
            ("reconnectDelayMax", self.reconnectDelayMax >= .milliseconds(1) && self.reconnectDelayMax <= minute),
            ("deniedDelay", self.deniedDelay >= .milliseconds(1) && self.deniedDelay <= .seconds(3600)),
            ("lifetimeJitter", (0...0.5).contains(self.lifetimeJitter)),
            ("purgeTimeout", self.purgeTimeout >= .milliseconds(1) && self.purgeTimeout <= .seconds(3600)),
        ]
        if let failed = checks.first(where: { !$0.1 }) { throw .outOfRange(failed.0) }
        if let secret, secret.revealed.utf8.count < Self.secretBytesMin { throw .secretTooShort }
    }

    /// - Returns: `nil` where the connection is not encrypted.
    func tlsContext() throws(RedisConfigurationError) -> NIOSSLContext? {
        guard case .tcp(_, _, isEncrypted: true) = self.address.endpoint else { return nil }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let trustRootsFile { tls.trustRoots = .file(trustRootsFile) }
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw .tls(String(describing: error))
        }
    }
}
