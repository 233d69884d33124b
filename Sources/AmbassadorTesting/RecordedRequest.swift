/// A request as an upstream got it.
package struct RecordedRequest: Sendable {
    /// The request line and the header fields, with the empty line that ends them.
    package let head: String
    package let body: [UInt8]
    /// Which connection it came over, counted from zero.
    package let connection: Int

    package init(head: String, body: [UInt8], connection: Int) {
        self.head = head
        self.body = body
        self.connection = connection
    }

    /// For example `POST /api/v1/run/faq?stream=false HTTP/1.1`.
    package var requestLine: String {
        String(decoding: self.head.utf8.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// The header fields in their order, names in lower case.
    package var fields: [(name: String, value: String)] {
        self.head.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
    }

    /// The value of the first field of a name, which is given in lower case.
    package func field(_ name: String) -> String? {
        self.fields.first { $0.name == name }?.value
    }
}
