/// The names of facts in log messages.
///
/// All of the core's stand here.
package enum LogKeys {
    package static let breaker = "breaker.state"
    package static let count = "count"
    package static let fault = "upstream.fault"
    package static let flow = "flow.name"
    package static let health = "langflow.health"
    package static let reason = "reason"
    package static let target = "flow.target"
    package static let upstream = "upstream.url"
}
