import AmbassadorCore
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
            AdminRoute(method: "GET", path: "/admin/v1/cache/stats", permission: .adminRead) { _ in
                Self.content(Self.json(caches.statistics))
            },
            AdminRoute(method: "POST", path: "/admin/v1/cache/purge", permission: .adminPurge) {
                request throws(Refusal) in
                try await Self.purge(caches, request, recorder)
            },
        ]
    }

    private static func purge(
        _ caches: any CacheAdministration,
        _ request: AdminRequest,
        _ recorder: ChangeRecorder
    ) async throws(Refusal) -> Response.Content {
        let purge = try PurgeRequest(try request.content(upTo: Self.bodyBytesMax))
        guard purge.isWithin(request.caller.tenant) else {
            await recorder.record(.adminPurge, of: purge.description, .refused, "of another tenant", in: request)
            throw Refusal(
                .forbidden,
                "Nothing was purged: this credential may purge its own tenant's entries only; name the tenant."
            )
        }
        let report = await caches.purge(try purge.selection(in: caches, at: recorder.clocks.wall()))
        // An entry that stays in the store, or with a replica that does not know, is served again.
        let outcome: AdminChange.Outcome = report.isComplete ? .done : .failed
        await recorder.record(.adminPurge, of: purge.description, outcome, Self.text(report), in: request)
        return Self.content(Self.json(report))
    }

    private static func content(_ body: String) -> Response.Content {
        .json(ByteBuffer(string: body + "\n"))
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
            + #""store":\#(number(report.store)),"replicas":\#(replicas),"unjudged":\#(report.unjudged)}"#
    }

    private static func text(_ report: PurgeReport) -> String {
        func number(_ count: Int?) -> String { count.map(String.init) ?? "-" }
        return "memory=\(report.memory) redis=\(number(report.shared)) store=\(number(report.store))"
            + (report.replicas.map { " replicas=\($0.rawValue)" } ?? "")
            + (report.unjudged > 0 ? " unjudged=\(report.unjudged)" : "")
    }
}
