import AmbassadorCore
import Hummingbird
import NIOCore

/// The body of a purge: `{"key"}`, `{"flow"}`, `{"tenant"}`, `{"flow","tenant"}` or `{"all": true}`.
///
/// An empty request is refused rather than taken for everything, and so is a member that it does not know: a misspelled filter
/// must not widen what is removed.
struct PurgeRequest {
    let selection: PurgeSelection

    init(_ body: ByteBuffer, caches: any CacheAdministration) throws(HTTPError) {
        let members = try Self.members(of: body)
        switch (members["key"], members["flow"], members["tenant"], members["all"]) {
        case (.string(let key)?, nil, nil, nil):
            guard let key = CacheKey(String(decoding: key.bytes, as: UTF8.self)) else {
                throw Self.refusal("key is not a key as `cache list` shows it")
            }
            self.selection = .key(key)
        case (nil, .string(let flow)?, nil, nil):
            self.selection = .flow(target: try Self.target(flow, caches))
        case (nil, nil, .string(let tenant)?, nil):
            self.selection = .tenant(try Self.tenant(tenant))
        case (nil, .string(let flow)?, .string(let tenant)?, nil):
            self.selection = .tenantFlow(tenant: try Self.tenant(tenant), target: try Self.target(flow, caches))
        case (nil, nil, nil, .bool(true)?):
            self.selection = .all
        default:
            throw Self.refusal(#"name what to purge: "key", "flow", "tenant", "flow" and "tenant", or "all": true"#)
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

    private static func target(_ name: JSONString, _ caches: any CacheAdministration) throws(HTTPError) -> FlowName {
        guard let name = FlowName(name.bytes) else { throw Self.refusal("flow is not a flow's name") }
        guard let target = caches.target(ofFlow: name) else {
            throw HTTPError(.notFound, message: "There is no flow \(name).")
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
