import AmbassadorCore
import HTTPTypes
import Hummingbird

/// One thing that the admin plane can do, and what a caller needs for it.
///
/// There is no route without a permission, since none can be made.
struct AdminRoute: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let permission: Action
    /// Called only for callers who have the permission.
    let respond: @Sendable (AdminRequest, AdminRequestContext) async throws -> AdminResponse

    /// Whether it changes something, so that even the attempt is recorded.
    var isChange: Bool { self.permission != .adminRead }
}

extension AdminRoute {
    /// Every method that a request may have (RFC 9110 §9.3, RFC 5789).
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .connect, .trace,
    ]

    /// Has a router answer all the routes; a method that a path does not have is a 405.
    static func add(_ routes: [AdminRoute], to router: Router<AdminRequestContext>, recorder: ChangeRecorder) {
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context -> AdminResponse in
                try await route.answer(request, context, recorder)
            }
        }
        for path in Set(routes.map(\.path)) {
            var allowed = routes.filter { $0.path == path }.map(\.method)
            if allowed.contains(.get) { allowed.append(.head) }
            let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> AdminResponse in
                    throw HTTPError(.methodNotAllowed, headers: [.allow: names], message: "Use \(names).")
                }
            }
        }
    }

    /// Answers a caller who has the permission, and refuses the others.
    private func answer(
        _ request: AdminRequest,
        _ context: AdminRequestContext,
        _ recorder: ChangeRecorder
    ) async throws -> AdminResponse {
        guard context.caller.permissions.allows(self.permission) else {
            if self.isChange {
                await recorder.record(self.permission, of: "", .refused, "no permission", in: context)
            }
            throw HTTPError(.forbidden, message: "This takes the permission \(self.permission.rawValue).")
        }
        return try await self.respond(request, context)
    }
}
