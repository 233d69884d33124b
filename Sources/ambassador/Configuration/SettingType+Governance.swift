import AmbassadorCore
import AmbassadorHTTP
import AmbassadorIdentity

extension SettingType<Rate> {
    static let rate = SettingType(
        scalar: "rate",
        range: "1/s to 1000000/s, also /m, /h, /d, /10s",
        parse: { text throws(InvalidValue) in try RateText.parse(text) },
        format: { RateText.format($0) }
    )
}

extension SettingType<TenantID> {
    static let tenant = SettingType(
        scalar: "name",
        range: "1 to 63 of a-z 0-9 . _ -",
        parse: { text throws(InvalidValue) in
            guard let tenant = TenantID(text.utf8) else {
                throw InvalidValue("is not a tenant: 1 to 63 of a-z 0-9 . _ -, the first a letter or digit")
            }
            return tenant
        },
        format: { $0.description }
    )
}

extension SettingType<JWKSURL> {
    static let jwksURL = SettingType(
        scalar: "URL",
        range: "https; http on this host",
        parse: { text throws(InvalidValue) in try JWKSURL(text) },
        format: { $0.description }
    )
}

extension SettingType<[String]> {
    static func texts(_ range: String) -> SettingType {
        .list(of: range, upTo: 32) { text throws(InvalidValue) in
            try SettingType<String>.text(bytesMax: 512).parse(.text(text))
        } format: {
            $0
        }
    }
}

extension SettingType<[Permissions.Grant]> {
    static let grants = SettingType.list(of: "up to 256 of run:FLOWS, admin:read …", upTo: 256) {
        text throws(InvalidValue) in
        try Permissions.Grant(text)
    } format: {
        $0.description
    }
}

extension SettingType<[FlowPattern]> {
    static let flowPatterns = SettingType.list(of: "up to 64 names; * stands for anything", upTo: 64) {
        text throws(InvalidValue) in
        guard let pattern = FlowPattern(text) else {
            throw InvalidValue("has something that is not a flow's name or a pattern such as faq_*")
        }
        return pattern
    } format: {
        $0.description
    }
}

extension SettingType<[AddressRange]> {
    static let addressRanges = SettingType.list("addresses", of: "up to 256 of 10.0.0.0/8, ::1, fd00::/8", upTo: 256) {
        text throws(InvalidValue) in
        do throws(InvalidValue) {
            return try AddressRange(text)
        } catch {
            throw InvalidValue("has something that \(error.reason)")
        }
    } format: {
        $0.description
    }
}

extension SettingType<[String]> {
    /// Names of hosts, and addresses without brackets, in lower case and without ports.
    static let hosts = SettingType.list("hosts", of: "up to 64 of a name, 192.0.2.1, 2001:db8::1", upTo: 64) {
        text throws(InvalidValue) in
        do throws(InvalidValue) {
            let isAddress = text.utf8.contains(UInt8(ascii: ":"))
            let place = try HostAndPort(isAddress ? "[\(text)]" : text[...], defaultPort: 0)
            return place.host
        } catch {
            throw InvalidValue("has something that \(error.reason)")
        }
    } format: {
        $0
    }
}

extension SettingType<[BasePath]> {
    static let basePaths = SettingType.list("paths", of: "up to 16 of /path", upTo: 16) { text throws(InvalidValue) in
        do throws(InvalidValue) {
            return try BasePath(text)
        } catch {
            throw InvalidValue("has something that \(error.reason)")
        }
    } format: {
        $0.description
    }
}

extension SettingType<[WebOrigin]> {
    static let webOrigins = SettingType.list("origins", of: "up to 64 of https://host[:port], or *", upTo: 64) {
        text throws(InvalidValue) in
        do throws(InvalidValue) {
            return try WebOrigin(text)
        } catch {
            throw InvalidValue("has something that \(error.reason)")
        }
    } format: {
        $0.description
    }
}

extension SettingType<[PageHeader]> {
    static let pageHeaders = SettingType.list("headers", of: "up to 64 names, or *", upTo: 64) {
        text throws(InvalidValue) in
        do throws(InvalidValue) {
            return try PageHeader(text)
        } catch {
            throw InvalidValue("has something that \(error.reason)")
        }
    } format: {
        $0.description
    }
}

extension SettingType<[SigningAlgorithm]> {
    /// Ed25519 may be called by the name that RFC 9864 gives it, too.
    static let algorithms: SettingType = {
        let one = SettingType<SigningAlgorithm>.choice()
        return .list(of: "\(one.range), Ed25519", upTo: SigningAlgorithm.allCases.count + 1) {
            text throws(InvalidValue) in
            if let algorithm = SigningAlgorithm(JSONString(text)) { return algorithm }
            do throws(InvalidValue) {
                return try one.parse(.text(text))
            } catch {
                throw InvalidValue("has something that \(error.reason)")
            }
        } format: {
            $0.rawValue
        }
    }()
}

extension SettingType<[LimitDimension]> {
    static let dimensions = SettingType.choices()
}

extension SettingType {
    fileprivate static func choices<Element>() -> SettingType<[Element]>
    where
        Value == [Element], Element: RawRepresentable & CaseIterable & Hashable & Sendable, Element.RawValue == String
    {
        let one = SettingType<Element>.choice()
        return .list(of: one.range, upTo: Element.allCases.count) { text throws(InvalidValue) in
            do throws(InvalidValue) {
                return try one.parse(.text(text))
            } catch {
                throw InvalidValue("has something that \(error.reason)")
            }
        } format: {
            $0.rawValue
        }
    }

    /// A list whose elements are all different.
    fileprivate static func list<Element: Hashable & Sendable>(
        _ name: String = "list",
        of range: String,
        upTo countMax: Int,
        parse: @escaping @Sendable (String) throws(InvalidValue) -> Element,
        format: @escaping @Sendable (Element) -> String
    ) -> SettingType<[Element]> where Value == [Element] {
        SettingType<[Element]>(
            name,
            range: range,
            notation: .list,
            parse: { value throws(InvalidValue) in
                guard case .list(let texts) = value else {
                    throw InvalidValue("is not a list; write [a, b], or [] for none")
                }
                guard texts.count <= countMax else { throw InvalidValue("has more than \(countMax) elements") }
                var elements: [Element] = []
                for text in texts { elements.append(try parse(text)) }
                guard Set(texts.map { Array($0.utf8) }).count == texts.count else {
                    throw InvalidValue("has an element twice")
                }
                return elements
            },
            format: { .list($0.map(format)) }
        )
    }
}
