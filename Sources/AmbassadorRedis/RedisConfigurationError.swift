/// Why a configuration can work with no Redis.
package enum RedisConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A number is outside its range; which.
    case outOfRange(String)
    case credentialsTooLong
    /// The secret has fewer bytes than ``RedisConfiguration/secretBytesMin``.
    case secretTooShort
    /// TLS cannot be set up; what the library said.
    case tls(String)

    package var description: String {
        switch self {
        case .outOfRange(let setting): "\(setting) is out of range"
        case .credentialsTooLong: "user and password of Redis are too long"
        case .secretTooShort: "the secret of the hot cache must have at least 16 bytes"
        case .tls(let detail): "TLS to Redis cannot be set up: \(detail)"
        }
    }
}
