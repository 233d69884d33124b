import AmbassadorCore
import HTTPTypes
import Hummingbird
import Logging

/// Finds out who sends a request, before anything else of it is looked at; nobody else gets further.
struct CallerAuthentication: RouterMiddleware {
    typealias Context = AdminRequestContext

    let authenticator: any Authenticator
    let clocks: Clocks
    let logger: Logger

    private static let apiKey = HTTPField.Name("X-API-Key")

    @concurrent
    func handle(
        _ request: AdminRequest,
        context: AdminRequestContext,
        next: @concurrent (AdminRequest, AdminRequestContext) async throws -> AdminResponse
    ) async throws -> AdminResponse {
        let credential = Credential(
            apiKeys: Self.apiKey.map { request.headers[values: $0] } ?? [],
            authorizations: request.headers[values: .authorization]
        )
        var context = context
        switch self.authenticator.authenticate(credential, at: self.clocks.wall()) {
        case .accepted(let caller): context.caller = caller
        case .rejected(let fault): throw self.refusal(fault, from: context.client)
        case .pending(let wait):
            switch await wait() {
            case .success(let caller): context.caller = caller
            case .failure(let fault): throw self.refusal(fault, from: context.client)
            }
        }
        return try await next(request, context)
    }

    /// Tells the operator what is wrong and the caller nothing that would help to guess.
    private func refusal(_ fault: CredentialFault, from client: String) -> HTTPError {
        self.logger.notice(
            "a request to the admin plane was refused",
            metadata: ["credential.fault": "\(fault.rawValue)", "client.address": "\(client)"]
        )
        guard fault != .keysUnavailable else {
            return HTTPError(
                .serviceUnavailable,
                headers: [.retryAfter: "1"],
                message: "Credentials cannot be checked at the moment. Try again later."
            )
        }
        return HTTPError(
            .unauthorized,
            headers: [.wwwAuthenticate: #"Bearer realm="ambassador""#],
            message: "Show one valid credential: X-API-Key, or Authorization with Bearer."
        )
    }
}
