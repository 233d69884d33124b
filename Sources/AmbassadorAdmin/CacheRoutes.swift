import AmbassadorCore
import HTTPTypes
import Hummingbird
import NIOCore

/// `/admin/v1/cache`: what the hot caches hold, and purges.
struct CacheRoutes {
    let caches: any CacheAdministration

    /// The largest purge request; it is a handful of names.
    private static let bodyBytesMax = 16 * 1024

    func add(to routes: RouterGroup<BasicRequestContext>) {
        routes.get("stats") { [caches] _, _ in Self.response(Self.json(caches.statistics)) }
        routes.post("purge") { [caches] request, _ in
            guard let type = request.headers[.contentType], type.lowercased().hasPrefix("application/json") else {
                throw HTTPError(.unsupportedMediaType, message: "Send Content-Type: application/json.")
            }
            let body = try await request.body.collect(upTo: Self.bodyBytesMax)
            let selection = try PurgeRequest(body, caches: caches).selection
            return Self.response(Self.json(await caches.purge(selection)))
        }
    }

    private static func response(_ body: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: body + "\n"))
        )
    }

    private static func json(_ statistics: CacheStatistics) -> String {
        """
        {"memory":{"entries":\(statistics.memoryEntries),"bytes":\(statistics.memoryBytes),\
        "bytes_max":\(statistics.memoryBytesMax)},"redis":\(statistics.hasSharedCache)}
        """
    }

    private static func json(_ report: PurgeReport) -> String {
        func number(_ count: Int?) -> String { count.map(String.init) ?? "null" }
        return #"{"memory":\#(report.memory),"redis":\#(number(report.shared)),"store":\#(number(report.store))}"#
    }
}
