package import AmbassadorCore

/// What may stand before a route, as `/lf/acme` does where a hosted LangFlow was asked before, or where a gateway passes its own path on.
package struct BasePath: Sendable, Hashable, CustomStringConvertible {
    private static let bytesMax = 256

    package let description: String

    /// Checks a path: one or more segments of letters, digits and `-._~`, each after a slash.
    ///
    /// No route behind it may be another one by itself: `/api/v1/run` before `/run-flow` would be a call of a flow with that name.
    package init(_ text: String) throws(InvalidValue) {
        let segments = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= Self.bytesMax,
            segments.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isUnreserved) && !Self.isDots($0) })
        else { throw InvalidValue("is not a path such as /lf/acme: of A-Z a-z 0-9 - . _ ~, with no slash at its end") }
        guard !RouteTable.isTaken(text.utf8) else { throw InvalidValue("makes one route of another") }
        self.description = text
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte)
    }

    private static func isDots(_ segment: some Collection<UInt8>) -> Bool {
        segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}
