import Hummingbird

/// Takes the body off whatever answers a `HEAD`, errors included.
///
/// A client reads none (RFC 9110 §9.3.2), so it would take one for the beginning of the next answer.
struct BodilessHead: HTTPResponder {
    typealias Context = AdminRequestContext

    let router: RouterResponder<AdminRequestContext>

    func respond(to request: Request, context: AdminRequestContext) async throws -> Response {
        let response = try await self.router.respond(to: request, context: context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
