package import AmbassadorCore
package import NIOCore

/// A server's address and limits.
package struct HTTPServerConfiguration: Sendable {
    /// How an operator knows it.
    package var name = ListenerName.data
    package var address: ListenAddress = .tcp(host: "127.0.0.1", port: 8080)
    /// Where callers may come from; others are closed as soon as they connect.
    ///
    /// Empty for everywhere. A Unix domain socket has its file's permissions instead and takes no part in this.
    package var allowedClients: [AddressRange] = []
    /// The server's certificate, and whether callers need one; `nil` for connections that are not encrypted.
    package var tls: TLSSettings?
    /// Which web pages may call; `nil` for none, and then nothing is said about it.
    package var crossOrigin: CrossOriginPolicy?

    /// Under which names requests are taken, probes apart; `nil` for whatever `Host` says.
    package var hosts: KnownHosts?
    /// Which requests are taken; on a plane that has routes of its own always those.
    package var routes = ServedRoutes.calls(RouteTable())
    /// In which dialect the Responses API is served; `nil` for not at all.
    package var responses: ResponsesDialect?
    /// Whether `POST /v1/chat/completions` is served.
    package var takesChatCompletions = false

    /// Most bytes of a head: target, field names and field values together; over it: 431.
    package var headerBlockBytesMax = 32 * 1024
    /// Most bytes of one field's name and of its value, each; over it: 431.
    package var headerFieldBytesMax = 20 * 1024
    /// Most fields of a head; over it: 431.
    package var headerFieldsMax = 100
    /// Most bytes of a request target; over it: 414.
    package var targetBytesMax = 8 * 1024
    /// Most bytes of a body; over it: 413.
    package var bodyBytesMax = 1024 * 1024
    /// Most open connections, idle ones included.
    package var connectionsMax = 4096
    /// Most requests of one connection that are under way or wait for their turn; what comes behind them is not parsed until one is
    /// answered.
    package var pipeliningDepthMax = 16
    /// Most bytes of answers that one connection may leave unread before its next request is looked at.
    package var unsentBytesMax = 256 * 1024

    /// How long a connection may do nothing between two requests.
    package var idleTimeout: TimeAmount = .seconds(75)
    /// How long a head may take, from the first read that did not complete it; and as long a TLS handshake, from the connection's start.
    package var headerTimeout: TimeAmount = .seconds(10)
    /// How long a body may take, from the end of its head.
    package var bodyTimeout: TimeAmount = .seconds(30)
    /// How long a caller may leave an answer unread.
    package var writeTimeout: TimeAmount = .seconds(30)
    /// How long input is still read and thrown away after a last answer, so that the caller gets to see that answer.
    package var lingerTimeout: TimeAmount = .seconds(1)
    /// How long a graceful stop waits for what is under way; then connections are closed.
    package var drainTimeout: TimeAmount = .seconds(30)
    /// The length of the kernel's queue of connections that are not yet accepted.
    package var backlog = 1024

    /// Whether hits take their short way; without it every answer is the same, which tests compare.
    package var takesShortcuts = true

    package init() {}

    /// What an endpoint is, or that it is not served.
    func served(_ endpoint: Endpoint) throws(Refusal) -> Endpoint {
        switch (endpoint, self.responses) {
        case (.call(.responses), .langFlow): return .call(.langFlowResponses)
        case (.call(.responses), nil):
            throw Refusal(.unknownRoute, "There is no such route. Set routes.responses to openai to have it.")
        case (.call(.chatCompletions), _) where !self.takesChatCompletions:
            throw Refusal(.unknownRoute, "There is no such route. Set routes.chat_completions to true to have it.")
        case (.call, _), (.probe, _), (.flows, _), (.own, _): return endpoint
        }
    }
}

/// Whose words the Responses API is spoken in.
package enum ResponsesDialect: Sendable, Hashable {
    /// OpenAI's own.
    case openAI
    /// As LangFlow answers the call.
    case langFlow
}

/// Which requests a server takes.
package enum ServedRoutes: Sendable, Hashable {
    /// The calls of applications, and the probes.
    case calls(RouteTable)
    /// Whatever there is: the responder has routes of its own.
    case own
}
