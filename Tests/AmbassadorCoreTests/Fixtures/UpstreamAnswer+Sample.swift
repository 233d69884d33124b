import NIOCore

@testable import AmbassadorCore

extension UpstreamAnswer {
    /// An answer with a body of a type.
    static func sample(
        _ status: Int,
        _ contentType: String,
        _ body: String = "",
        retryAfterSeconds: Int? = nil
    ) -> UpstreamAnswer {
        UpstreamAnswer(
            status: status,
            contentType: contentType,
            body: ByteBuffer(string: body),
            retryAfterSeconds: retryAfterSeconds
        )
    }
}
