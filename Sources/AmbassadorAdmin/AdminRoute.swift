import AmbassadorCore
import NIOCore

/// One thing that the admin plane can do, and what a caller needs for it.
///
/// There is no route without a permission, since none can be made.
struct AdminRoute: Sendable {
    let method: String
    let path: String
    let permission: Action
    /// Called only for callers who have the permission.
    let respond: @Sendable (AdminRequest) async throws(Refusal) -> Response.Content

    /// Whether it changes something, so that even the attempt is recorded.
    var isChange: Bool { self.permission != .adminRead }

    /// Whether it answers a method; what answers `GET` answers `HEAD` too.
    func takes(_ method: String) -> Bool {
        method == self.method || method == "HEAD" && self.method == "GET"
    }

    /// Answers a caller who has the permission, and refuses the others.
    func answer(_ request: AdminRequest, _ recorder: ChangeRecorder) async throws(Refusal) -> Response.Content {
        guard request.caller.permissions.allows(self.permission) else {
            if self.isChange {
                await recorder.record(self.permission, of: "", .refused, "no permission", in: request)
            }
            throw Refusal(.forbidden, "This takes the permission \(self.permission.rawValue).")
        }
        return try await self.respond(request)
    }
}

/// The routes by path.
struct AdminRouter: Sendable {
    private let byPath: [[UInt8]: [AdminRoute]]

    init(_ routes: [AdminRoute]) {
        self.byPath = Dictionary(grouping: routes) { Array($0.path.utf8) }
    }

    /// What a path has; `nil` where there is no such path.
    func routes(at path: String) -> [AdminRoute]? { self.byPath[Array(path.utf8)] }

    /// The value of `Allow`.
    static func methods(of routes: [AdminRoute]) -> String {
        let methods = routes.map(\.method)
        return (methods.contains("GET") ? methods + ["HEAD"] : methods).sorted().joined(separator: ", ")
    }
}
