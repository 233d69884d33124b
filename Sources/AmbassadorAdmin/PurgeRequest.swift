import AmbassadorCore
import NIOCore

/// The body of a purge: `{"all": true}`, or any of `key`, `flow`, `target`, `tenant`, `older_than_seconds` and `text`, which must all
/// be met.
///
/// An empty request is refused rather than taken for everything, and so is a member that it does not know: a misspelled filter
/// must not widen what is removed.
struct PurgeRequest: CustomStringConvertible {
    private static let names = ["all", "key", "flow", "target", "tenant", "older_than_seconds", "text"]
    /// Ten years; more is a mistake in the unit.
    private static let secondsMax = 315_576_000

    private var key: CacheKey?
    /// A flow by the name that callers use.
    private var flow: FlowName?
    /// What LangFlow runs: one of a flow's versions.
    private var target: FlowName?
    private var tenant: TenantID?
    private var olderThanSeconds: Int?
    private var text: PurgeText?

    init(_ body: ByteBuffer) throws(Refusal) {
        var members = try Self.members(of: body)
        if let all = members.removeValue(forKey: "all") {
            guard all == .bool(true), members.isEmpty else {
                throw Self.refusal(#""all" is true and stands alone"#)
            }
            return
        }
        guard !members.isEmpty else {
            throw Self.refusal("name what to purge: \(Self.names.dropFirst().joined(separator: ", ")), or all: true")
        }
        for (name, value) in members { try self.read(name, value) }
        guard self.flow == nil || self.target == nil else {
            throw Self.refusal("flow and target say the same in two ways; name one of them")
        }
    }

    private mutating func read(_ name: String, _ value: JSONValue) throws(Refusal) {
        let string = value.string
        switch name {
        case "key":
            self.key = try Self.found(string.flatMap { CacheKey($0.text) }, "key is not a key as `cache list` shows it")
        case "flow":
            self.flow = try Self.found(string.flatMap { FlowName($0.bytes) }, "flow is not a flow's name")
        case "target":
            self.target = try Self.found(
                string.flatMap { FlowName($0.bytes) },
                "target is not a name that LangFlow runs"
            )
        case "tenant":
            self.tenant = try Self.found(string.flatMap { TenantID($0.bytes) }, "tenant is not a tenant's name")
        case "older_than_seconds":
            let seconds = value.count.flatMap { (1...Self.secondsMax).contains($0) ? $0 : nil }
            self.olderThanSeconds = try Self.found(
                seconds,
                "older_than_seconds is not a whole number from 1 to \(Self.secondsMax)"
            )
        default:
            let range = 1...PurgeText.bytesMax
            let bytes = string.flatMap { range.contains($0.bytes.count) ? ByteBuffer(bytes: $0.bytes) : nil }
            let text = bytes.map { PurgeText($0) }
            self.text = try Self.found(text, "text is not a string of 1 to \(PurgeText.bytesMax) bytes")
        }
    }

    /// Whether only entries of a tenant are meant; a caller without a tenant may mean all of them.
    ///
    /// A key does not show whose entry it finds, so it is nobody's.
    func isWithin(_ tenant: TenantID?) -> Bool {
        guard let tenant else { return true }
        return self.tenant == tenant && self.key == nil
    }

    /// What to remove, with flows by their target and ages by the time that it is.
    func selection(in caches: any CacheAdministration, at now: Timestamp) throws(Refusal) -> PurgeSelection {
        PurgeSelection(
            key: self.key,
            tenant: self.tenant,
            target: try self.flow.map { flow throws(Refusal) in try Self.target(flow, caches) } ?? self.target,
            storedBefore: self.olderThanSeconds.map { now.advanced(by: .seconds(-$0)) },
            text: self.text
        )
    }

    /// As records have it; every name is printable ASCII, and a text, which may be about a person, is not shown.
    var description: String {
        let parts = [
            self.key.map { "key=\($0)" }, self.flow.map { "flow=\($0)" }, self.target.map { "target=\($0)" },
            self.tenant.map { "tenant=\($0)" }, self.olderThanSeconds.map { "older_than_seconds=\($0)" },
            self.text.map { "text=(\($0.raw.readableBytes) bytes)" },
        ]
        let named = parts.compactMap { $0 }
        return named.isEmpty ? "all" : named.joined(separator: " ")
    }

    private static func members(of body: ByteBuffer) throws(Refusal) -> [String: JSONValue] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(body)
        } catch {
            throw Self.refusal("the body is not JSON: \(error)")
        }
        guard case .object(let members) = value else { throw Self.refusal("the body is not a JSON object") }
        var byName: [String: JSONValue] = [:]
        for member in members {
            guard let name = Self.names.first(where: { $0.utf8.elementsEqual(member.name.bytes) }) else {
                throw Self.refusal(
                    "the body has a member that a purge does not know; it knows \(Self.names.joined(separator: ", "))"
                )
            }
            byName[name] = member.value
        }
        return byName
    }

    private static func target(_ flow: FlowName, _ caches: any CacheAdministration) throws(Refusal) -> FlowName {
        guard let target = caches.target(ofFlow: flow) else {
            throw Refusal(.unknownFlow, "There is no flow \(flow).")
        }
        return target
    }

    private static func found<Value>(_ value: Value?, _ reason: String) throws(Refusal) -> Value {
        guard let value else { throw Self.refusal(reason) }
        return value
    }

    private static func refusal(_ reason: String) -> Refusal {
        Refusal(.invalidField, "Nothing was purged: \(reason).")
    }
}
