package import AmbassadorCore
import NIOCore

/// The name of a header field that a page may set, or all that it asks for, `*`.
package struct PageHeader: Sendable, Hashable, CustomStringConvertible {
    package static let any = PageHeader(checked: "*")

    package let description: String

    private init(checked name: String) {
        self.description = name
    }

    /// Checks a name, or `*`.
    package init(_ name: String) throws(InvalidValue) {
        if name.utf8.elementsEqual("*".utf8) {
            self = .any
            return
        }
        guard PageHeaders.mayBeSet(name.utf8) else {
            throw InvalidValue("is not the name of a header field that a page may set, such as X-Requested-With, or *")
        }
        self.description = name
    }
}

/// Which header fields pages may set (Fetch standard §3.2.5), told to preflights.
///
/// Nothing that is not read here reaches LangFlow, so that a page may send whatever its client library adds. What would be refused, or
/// is never a page's to set, is not allowed, whatever an operator lists.
struct PageHeaders: Sendable {
    /// What is read here.
    private static let read = [
        "Authorization", "Content-Type", "X-API-Key", "X-Tenant-ID", "X-Trace-ID", "traceparent", "tracestate",
        "Cache-Control",
    ]
    private static let never: [StaticString] = [
        "content-encoding", "transfer-encoding", "content-length", "connection", "upgrade", "trailer", "te", "host",
        "expect", "cookie", "cookie2", "origin", "proxy-authorization",
    ]
    private static let namesMax = 64
    private static let nameBytesMax = 150

    private let always: [String]
    private let takesAny: Bool

    init(_ headers: [PageHeader]) {
        self.takesAny = headers.contains(.any)
        self.always = Self.read + headers.filter { $0 != .any }.map(\.description)
    }

    /// The value of `Access-Control-Allow-Headers` before what ``write(asked:into:)`` adds to it.
    var value: String { self.always.joined(separator: ", ") }

    /// Appends the names that a preflight asks for and may have beside those that always are: `, ` before each.
    func write(asked: String, into buffer: inout ByteBuffer) {
        var left = Self.namesMax
        for name in asked.utf8.split(separator: UInt8(ascii: ",")).lazy.map(\.trimmingBlanks) where left > 0 {
            guard Self.mayBeSet(name), self.takesAny || Self.isGlobalVariable(name), !self.isAlways(name) else {
                continue
            }
            buffer.writeStaticString(", ")
            buffer.writeBytes(name)
            left -= 1
        }
    }

    /// Whether the bytes are a name that can stand in a list, and of a field that is not refused.
    static func mayBeSet(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        // A star in a list would be read as all there are.
        (1...self.nameBytesMax).contains(name.count) && name.allSatisfy { $0.isToken && $0 != UInt8(ascii: "*") }
            && !self.never.contains { name.equalsIgnoringCase($0) }
    }

    private static func isGlobalVariable(_ name: some Collection<UInt8>) -> Bool {
        name.count > 22 && name.startsIgnoringCase(with: "x-langflow-global-var-")
    }

    private func isAlways(_ name: some Collection<UInt8>) -> Bool {
        self.always.contains { $0.utf8.elementsEqual(name, by: { $0.asciiLowercase == $1.asciiLowercase }) }
    }
}
