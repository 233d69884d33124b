package import AmbassadorCore
package import Logging
import NIOCore

/// The admin plane: metrics and the operators' changes, on a listener of its own.
///
/// Each request is judged in this order: `Origin`, credential, path, method, permission, body.
package struct AdminPlane: PlainResponder {
    /// The longest body of a route.
    package static let bodyBytesMax = CurationRoutes.bodyBytesMax

    private let gate: AdminGate
    private let router: AdminRouter
    private let recorder: ChangeRecorder

    /// - Parameters:
    ///   - gate: who is let in.
    ///   - audit: gets each change, beside the log.
    ///   - caches: what is purged.
    ///   - curation: where decisions about single answers are kept.
    ///   - retention: what deletes what is due.
    ///   - metrics: what `/metrics` shows.
    ///   - logger: the process's log.
    package init(
        gate: AdminGate,
        audit: (any AdminAudit)? = nil,
        caches: any CacheAdministration,
        curation: any CurationAdministration,
        retention: any RetentionAdministration,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        let recorder = ChangeRecorder(audit: audit, clocks: gate.clocks, logger: logger)
        self.gate = gate
        self.recorder = recorder
        self.router = AdminRouter(
            Self.routes(
                caches: caches,
                curation: curation,
                retention: retention,
                metrics: metrics,
                recorder: recorder
            )
        )
    }

    /// Everything that the admin plane can do.
    static func routes(
        caches: any CacheAdministration,
        curation: any CurationAdministration,
        retention: any RetentionAdministration,
        metrics: MetricRegistry,
        recorder: ChangeRecorder
    ) -> [AdminRoute] {
        [MetricsRoute(metrics: metrics).route] + CacheRoutes(caches: caches, recorder: recorder).all
            + CurationRoutes(curation: curation, recorder: recorder).all
            + AuditRoutes(retention: retention, recorder: recorder).all
    }

    package func refusal(beforeBodyOf head: PlainHead) -> Refusal? {
        do throws(Refusal) {
            try Self.checkOrigin(of: head)
            _ = try self.gate.caller(of: head)
            return nil
        } catch {
            return error
        }
    }

    package func answer(_ request: PlainRequest) async -> Response {
        // A change that was begun is finished and recorded, though its caller leaves; and purges and long listings are no work for the
        // loop of the connection.
        await Task(executorPreference: globalConcurrentExecutor) { await self.respond(to: request) }.value
    }

    private func respond(to request: PlainRequest) async -> Response {
        let head = request.head
        do throws(Refusal) {
            try Self.checkOrigin(of: head)
            let caller = try await self.gate.awaitedCaller(of: head)
            guard let routes = self.router.routes(at: head.path) else {
                throw Refusal(.unknownRoute, "There is no such route.")
            }
            guard let route = routes.first(where: { $0.takes(head.method) }) else {
                let methods = AdminRouter.methods(of: routes)
                return Response(
                    Refusal(.methodNotAllowed, "This route takes \(methods) only."),
                    traceID: head.traceID,
                    allowedMethods: methods
                )
            }
            let content = try await route.answer(
                AdminRequest(head: head, body: request.body, caller: caller),
                self.recorder
            )
            return Response(status: 200, traceID: head.traceID, content: content)
        } catch {
            return Response(error, traceID: head.traceID)
        }
    }

    /// Refuses what a web page in an operator's browser sends.
    private static func checkOrigin(of head: PlainHead) throws(Refusal) {
        guard !head.hasOrigin else { throw Refusal(.forbidden, "The admin plane answers no web page.") }
    }
}
