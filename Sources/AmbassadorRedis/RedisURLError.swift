/// Why a text is no address of a Redis.
///
/// Never holds any of the text, since a password may stand anywhere in it.
package enum RedisURLError: Error, Sendable, Equatable, CustomStringConvertible {
    case unknownScheme
    case emptyHost
    case invalidHost
    case invalidPort
    case invalidDatabase
    case invalidPercentEncoding
    case emptyPassword
    case invalidSocketPath
    case unknownOption

    package var description: String {
        switch self {
        case .unknownScheme: "the URL must start with redis://, rediss://, unix:/ or redis+unix:///"
        case .emptyHost: "the URL has no host"
        case .invalidHost: "the URL's host has characters that no host has"
        case .invalidPort: "the URL's port must be a number from 1 to 65535"
        case .invalidDatabase: "the URL's database must be a number from 0 to 65535"
        case .invalidPercentEncoding: "user, password or path of the URL is not percent-encoded UTF-8"
        case .emptyPassword: "the URL has an '@' but no password before it"
        case .invalidSocketPath: "the path of a Unix domain socket must be absolute and have at most 107 bytes"
        case .unknownOption: "the URL has a part that is not known here; of a socket's options only db=<n> is"
        }
    }
}
