package import NIOCore
package import NIOHTTP1

/// A request to send: its target and fields were built or checked by who sends it.
package struct HTTPRequest: Sendable {
    package let method: HTTPMethod
    /// The path with its query.
    package let target: String
    /// Without `Host` and `Content-Length`, which are written for it.
    package let fields: HTTPHeaders
    package let body: ByteBuffer

    package init(_ method: HTTPMethod, _ target: String, fields: HTTPHeaders, body: ByteBuffer = ByteBuffer()) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// The head as it is sent to a server.
    func head(to origin: HTTPOrigin) -> HTTPRequestHead {
        var fields = HTTPHeaders()
        fields.reserveCapacity(self.fields.count + 2)
        fields.add(name: "Host", value: origin.authority)
        fields.add(contentsOf: self.fields)
        if self.method != .GET { fields.add(name: "Content-Length", value: String(self.body.readableBytes)) }
        return HTTPRequestHead(version: .http1_1, method: self.method, uri: self.target, headers: fields)
    }
}
