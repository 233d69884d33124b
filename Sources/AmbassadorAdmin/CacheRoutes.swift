import AmbassadorCore
import HTTPTypes
import Hummingbird
import NIOCore

/// `/admin/v1/cache`: what the hot caches hold, and purges.
struct CacheRoutes {
    let caches: any CacheAdministration
    let recorder: ChangeRecorder

    /// The largest purge request; it is a handful of names.
    private static let bodyBytesMax = 16 * 1024

    var all: [AdminRoute] {
        let (caches, recorder) = (self.caches, self.recorder)
        return [
            AdminRoute(method: .get, path: "/admin/v1/cache/stats", permission: .adminRead) { _, _ in
                Self.response(Self.json(caches.statistics))
            },
            AdminRoute(method: .post, path: "/admin/v1/cache/purge", permission: .adminPurge) { request, context in
                try await Self.purge(caches, request, context, recorder)
            },
        ]
    }

    private static func purge(
        _ caches: any CacheAdministration,
        _ request: AdminRequest,
        _ context: AdminRequestContext,
        _ recorder: ChangeRecorder
    ) async throws -> AdminResponse {
        guard let type = request.headers[.contentType], type.lowercased().hasPrefix("application/json") else {
            throw HTTPError(.unsupportedMediaType, message: "Send Content-Type: application/json.")
        }
        let purge = try PurgeRequest(try await request.body.collect(upTo: Self.bodyBytesMax))
        guard purge.isWithin(context.caller.tenant) else {
            await recorder.record(.adminPurge, of: purge.description, .refused, "of another tenant", in: context)
            throw HTTPError(
                .forbidden,
                message: "Nothing was purged: this credential may purge its own tenant's entries only; name the tenant."
            )
        }
        let report = await caches.purge(try purge.selection(in: caches, at: recorder.clocks.wall()))
        // An entry that stays in the store, or with a replica that does not know, is served again.
        let outcome: AdminChange.Outcome = report.isComplete ? .done : .failed
        await recorder.record(.adminPurge, of: purge.description, outcome, Self.text(report), in: context)
        return Self.response(Self.json(report))
    }

    private static func response(_ body: String) -> AdminResponse {
        AdminResponse(
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
        let replicas = report.replicas.map { #""\#($0.rawValue)""# } ?? "null"
        return #"{"complete":\#(report.isComplete),"memory":\#(report.memory),"redis":\#(number(report.shared)),"#
            + #""store":\#(number(report.store)),"replicas":\#(replicas)}"#
    }

    private static func text(_ report: PurgeReport) -> String {
        func number(_ count: Int?) -> String { count.map(String.init) ?? "-" }
        return "memory=\(report.memory) redis=\(number(report.shared)) store=\(number(report.store))"
            + (report.replicas.map { " replicas=\($0.rawValue)" } ?? "")
    }
}
