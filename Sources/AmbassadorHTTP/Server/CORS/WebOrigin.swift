package import AmbassadorCore

/// Where a web page comes from (Fetch standard §3.2), as browsers write it in `Origin`; or all of them, `*`.
package struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
    package static let any = WebOrigin(checked: "*")

    package let description: String

    private init(checked text: String) {
        self.description = text
    }

    /// Checks an origin; browsers send lower case, no port that is the scheme's own, and no path.
    ///
    /// `null` is not taken: it is what every sandboxed page and every local file sends.
    package init(_ text: String) throws(InvalidValue) {
        if text.utf8.elementsEqual("*".utf8) {
            self = .any
            return
        }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        let authority = text.utf8.dropFirst(scheme.count + 3)
        guard text.utf8.count <= 256, scheme.first.map(Self.isLowercaseLetter) == true,
            scheme.allSatisfy(Self.isSchemeByte), text.utf8.dropFirst(scheme.count).starts(with: "://".utf8),
            Authority.isValid(authority), authority.last != UInt8(ascii: ":"),
            !authority.contains(where: { $0 != $0.asciiLowercase })
        else {
            throw InvalidValue("is not an origin, such as https://chat.example.com or http://localhost:3000, or *")
        }
        let ownPorts = [("https", ":443"), ("http", ":80")]
        guard
            !ownPorts.contains(where: { name, port in
                scheme.elementsEqual(name.utf8) && authority.suffix(port.utf8.count).elementsEqual(port.utf8)
            })
        else { throw InvalidValue("names the port of its scheme, which browsers leave out") }
        self.description = text
    }

    private static func isLowercaseLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        self.isLowercaseLetter(byte) || byte.isASCIIDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }
}
