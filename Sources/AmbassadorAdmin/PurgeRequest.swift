import AmbassadorCore
import Hummingbird
import NIOCore

/// The body of a purge: `{"key"}`, `{"flow"}`, `{"tenant"}`, `{"flow","tenant"}` or `{"all": true}`.
///
/// An empty request is refused rather than taken for everything, and so is a member that it does not know: a misspelled filter
/// must not widen what is removed.
enum PurgeRequest: CustomStringConvertible {
    case all
    case key(CacheKey)
    case tenant(TenantID)
    /// Flows by the name that callers use.
    case flow(FlowName)
    case tenantFlow(tenant: TenantID, flow: FlowName)

    init(_ body: ByteBuffer) throws(HTTPError) {
        let members = try Self.members(of: body)
        switch (members["key"], members["flow"], members["tenant"], members["all"]) {
        case (.string(let key)?, nil, nil, nil):
            guard let key = CacheKey(String(decoding: key.bytes, as: UTF8.self)) else {
                throw Self.refusal("key is not a key as `cache list` shows it")
            }
            self = .key(key)
        case (nil, .string(let flow)?, nil, nil):
            self = .flow(try Self.flow(flow))
        case (nil, nil, .string(let tenant)?, nil):
            self = .tenant(try Self.tenant(tenant))
        case (nil, .string(let flow)?, .string(let tenant)?, nil):
            self = .tenantFlow(tenant: try Self.tenant(tenant), flow: try Self.flow(flow))
        case (nil, nil, nil, .bool(true)?):
            self = .all
        default:
            throw Self.refusal(#"name what to purge: "key", "flow", "tenant", "flow" and "tenant", or "all": true"#)
        }
    }

    /// Whether only entries of a tenant are meant; a caller without a tenant may mean all of them.
    ///
    /// A key does not show whose entry it finds, so it is nobody's.
    func isWithin(_ tenant: TenantID?) -> Bool {
        guard let tenant else { return true }
        switch self {
        case .tenant(let named), .tenantFlow(let named, _): return named == tenant
        case .all, .key, .flow: return false
        }
    }

    /// What to remove, with flows by their target.
    func selection(in caches: any CacheAdministration) throws(HTTPError) -> PurgeSelection {
        switch self {
        case .all: .all
        case .key(let key): .key(key)
        case .tenant(let tenant): .tenant(tenant)
        case .flow(let flow): .flow(target: try Self.target(flow, caches))
        case .tenantFlow(let tenant, let flow):
            .tenantFlow(tenant: tenant, target: try Self.target(flow, caches))
        }
    }

    /// As records have it; every name is printable ASCII.
    var description: String {
        switch self {
        case .all: "all"
        case .key(let key): "key=\(key)"
        case .tenant(let tenant): "tenant=\(tenant)"
        case .flow(let flow): "flow=\(flow)"
        case .tenantFlow(let tenant, let flow): "flow=\(flow) tenant=\(tenant)"
        }
    }

    private static func members(of body: ByteBuffer) throws(HTTPError) -> [String: JSONValue] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(body)
        } catch {
            throw Self.refusal("the body is not JSON: \(error)")
        }
        guard case .object(let members) = value else { throw Self.refusal("the body is not a JSON object") }
        var byName: [String: JSONValue] = [:]
        for member in members {
            let name = String(decoding: member.name.bytes, as: UTF8.self)
            guard ["key", "flow", "tenant", "all"].contains(name) else {
                throw Self.refusal(
                    "the body has a member that a purge does not know; it knows key, flow, tenant and all"
                )
            }
            byName[name] = member.value
        }
        return byName
    }

    private static func flow(_ name: JSONString) throws(HTTPError) -> FlowName {
        guard let name = FlowName(name.bytes) else { throw Self.refusal("flow is not a flow's name") }
        return name
    }

    private static func target(_ flow: FlowName, _ caches: any CacheAdministration) throws(HTTPError) -> FlowName {
        guard let target = caches.target(ofFlow: flow) else {
            throw HTTPError(.notFound, message: "There is no flow \(flow).")
        }
        return target
    }

    private static func tenant(_ name: JSONString) throws(HTTPError) -> TenantID {
        guard let tenant = TenantID(name.bytes) else { throw Self.refusal("tenant is not a tenant's name") }
        return tenant
    }

    private static func refusal(_ reason: String) -> HTTPError {
        HTTPError(.badRequest, message: "Nothing was purged: \(reason).")
    }
}
