import AmbassadorCore
import AmbassadorHTTP
import AmbassadorRedis

extension SettingType<String> {
    /// Text of one to so many bytes of UTF-8.
    static func text(bytesMax: Int, allowsLineBreaks: Bool = false) -> SettingType {
        SettingType(
            scalar: "text",
            range: "1 to \(bytesMax) bytes",
            parse: { text throws(InvalidValue) in
                guard text.utf8.contains(where: { $0 != 0x20 }) else { throw InvalidValue("is empty") }
                guard text.utf8.count <= bytesMax else { throw InvalidValue("is longer than \(bytesMax) bytes") }
                let isClean = text.utf8.allSatisfy { byte in
                    byte >= 0x20 && byte != 0x7F || allowsLineBreaks && (byte == 0x0A || byte == 0x09)
                }
                guard isClean else { throw InvalidValue("has a control character") }
                return text
            },
            format: { $0 }
        )
    }

    /// A path of a file on a disk.
    static let path = SettingType(
        scalar: "path",
        parse: { text throws(InvalidValue) in
            let path = try SettingType.text(bytesMax: 1024).parse(.text(text))
            // SQLite gives both of these a meaning of its own: a database that is gone after a restart, or a URI with options.
            guard !path.hasPrefix(":"), !path.hasPrefix("file:") else {
                throw InvalidValue("is not the path of a file")
            }
            guard path.utf8.last != UInt8(ascii: "/") else { throw InvalidValue("is a directory; name a file in it") }
            return path
        },
        format: { $0 }
    )

    /// The name of a host in lower case and without a port, as TLS asks for it: no address (RFC 6066 §3).
    static let hostName = SettingType(
        scalar: "host",
        parse: { text throws(InvalidValue) in
            let text = try SettingType.text(bytesMax: 255).parse(.text(text))
            let host = try HostAndPort(text[...], defaultPort: 0).host
            guard
                !host.utf8.allSatisfy({
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
                }), !host.utf8.contains(UInt8(ascii: ":"))
            else { throw InvalidValue("is an address; TLS asks for a name, which the certificate has") }
            return host
        },
        format: { $0 }
    )

    /// The path of a URL, which follows the prefix of another.
    static let urlPath = SettingType(
        scalar: "URL path",
        range: "/ and up to 255 of A-Z a-z 0-9 - . _ ~ /",
        parse: { text throws(InvalidValue) in
            let isPlain = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~/".utf8.contains(byte)
                }
            }
            guard isPlain, text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= 256 else {
                throw InvalidValue("is not a plain path such as /health: / and up to 255 of A-Z a-z 0-9 - . _ ~ /")
            }
            return text
        },
        format: { $0 }
    )
}

extension SettingType<Secret> {
    /// A secret of one to so many bytes without spaces at its ends.
    static func secret(bytes: ClosedRange<Int>) -> SettingType {
        SettingType(
            scalar: "secret",
            range: "\(bytes.lowerBound) to \(bytes.upperBound) bytes",
            parse: { text throws(InvalidValue) in
                guard bytes.contains(text.utf8.count) else {
                    throw InvalidValue("is not \(bytes.lowerBound) to \(bytes.upperBound) bytes long")
                }
                // It travels in a header or a command, where any other byte would end it.
                guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                    throw InvalidValue("has a space, control or non-ASCII character")
                }
                return Secret(text)
            },
            format: { $0.description }
        )
    }
}

extension SettingType<ListenAddress> {
    static let address = SettingType(
        scalar: "address",
        range: "host:port, unix:/path",
        parse: { text throws(InvalidValue) in try ListenAddress(text) },
        format: { $0.description }
    )
}

extension SettingType<UpstreamURL> {
    static let upstreamURL = SettingType(
        scalar: "URL",
        range: "http, https",
        parse: { text throws(InvalidValue) in
            let url = try UpstreamURL(text)
            guard !url.isMetadataService else {
                throw InvalidValue("points at a link-local or cloud metadata address, where no LangFlow can be")
            }
            return url
        },
        format: { $0.description }
    )
}

extension SettingType<RedisAddress> {
    static let redisURL = SettingType(
        scalar: "URL",
        range: "redis, rediss, unix",
        parse: { text throws(InvalidValue) in try RedisAddress(text) },
        format: { $0.description }
    )
}

extension SettingType<RedisKeySpace> {
    static let keySpace = SettingType(
        scalar: "text",
        range: "1 to 64 of A-Z a-z 0-9 . _ : -",
        parse: { text throws(InvalidValue) in
            guard let keySpace = RedisKeySpace(prefix: text) else {
                throw InvalidValue("is not 1 to 64 of A-Z a-z 0-9 . _ : -")
            }
            return keySpace
        },
        format: { $0.prefix }
    )
}

extension SettingType<FlowName> {
    static let flowName = SettingType(
        scalar: "name",
        range: "1 to 128 of A-Z a-z 0-9 _ -",
        parse: { text throws(InvalidValue) in
            guard let name = FlowName(text) else {
                throw InvalidValue(
                    "is not a flow's name: 1 to 128 of A-Z a-z 0-9 _ -, UUIDs in lower case with hyphens"
                )
            }
            return name
        },
        format: { $0.description }
    )
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static func choice() -> SettingType {
        let names = Value.allCases.map(\.rawValue)
        return SettingType(
            scalar: "choice",
            range: names.joined(separator: ", "),
            parse: { text throws(InvalidValue) in
                guard let value = Value(rawValue: text) else {
                    let nearest = NearestName.of(text.utf8, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
                    throw InvalidValue("is not one of \(names.joined(separator: ", "))\(nearest)")
                }
                return value
            },
            format: { $0.rawValue }
        )
    }
}

extension SettingType<Set<TweakPattern>> {
    /// The fields of components that callers may tweak.
    static let tweaks = Self.names("Component.field, or field at the top level; * ends a part") { TweakPattern($0) }
}

extension SettingType<Set<FlowName>> {
    /// Other names of a flow.
    static let flowNames = Self.names("1 to 128 of A-Z a-z 0-9 _ -, UUIDs in lower case with hyphens") { FlowName($0) }
}

extension SettingType<Set<String>> {
    /// The names of LangFlow's global variables.
    static let globalVariables = Self.names("A-Z 0-9 _ -") { name in
        let isName =
            (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
        return isName ? name : nil
    }
}

extension SettingType {
    fileprivate static func names<Name: Hashable & Sendable & CustomStringConvertible>(
        _ grammar: String,
        _ read: @escaping @Sendable (String) -> Name?
    ) -> SettingType where Value == Set<Name> {
        SettingType(
            "list",
            range: "up to 256 of \(grammar)",
            notation: .list,
            parse: { value throws(InvalidValue) in
                guard case .list(let texts) = value else {
                    throw InvalidValue("is not a list; write [a, b], or [] for none")
                }
                guard texts.count <= 256 else { throw InvalidValue("has more than 256 names") }
                let names = texts.compactMap(read)
                guard names.count == texts.count else { throw InvalidValue("has a name that is not \(grammar)") }
                // Bytes decide, so the texts are compared as bytes, not as what they look like.
                guard Set(texts.map { Array($0.utf8) }).count == texts.count else {
                    throw InvalidValue("has a name twice")
                }
                return Set(names)
            },
            format: { .list($0.map(\.description).sorted()) }
        )
    }
}
