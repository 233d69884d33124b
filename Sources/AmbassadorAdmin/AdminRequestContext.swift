import AmbassadorCore
import Hummingbird
import NIOCore

/// What is known of a request beside the request: who sends it, and from where.
struct AdminRequestContext: RequestContext {
    /// Whoever has not been asked yet, and may do nothing.
    private static let nobody = Caller(principal: "nobody", tenant: nil, permissions: Permissions([]))

    var coreContext: CoreRequestContextStorage
    /// Set by ``CallerAuthentication``, before any route is asked.
    var caller = Self.nobody
    /// The address without its port, or `unix`.
    let client: String

    init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.client = source.channel.remoteAddress?.ipAddress ?? "unix"
    }
}
