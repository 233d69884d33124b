package import NIOCore

/// The changes to a flow that a request asks for: never empty.
package struct Tweaks: Sendable {
    /// The fields that are changed: of a component, or at the top level, where the component is `nil`.
    ///
    /// Copies, so that what is remembered of a request does not keep the document; a component's name once, whatever it changes.
    private let changes: [(component: [UInt8]?, fields: [Change])]

    private struct Change: Sendable {
        let field: [UInt8]
        /// The first attribute of the field that is set beside its value: LangFlow takes the members of an object for those.
        let attribute: [UInt8]?
        /// Whether the field is to be read from LangFlow's stored variables, which `global_vars` are for.
        let readsVariable: Bool

        init(_ name: JSONString, _ value: JSONValue) {
            self.field = Array(name.bytes)
            guard case .object(let members) = value else {
                (self.attribute, self.readsVariable) = (nil, false)
                return
            }
            self.attribute = members.first { !$0.name.isEqual(to: "value") }.map { Array($0.name.bytes) }
            self.readsVariable = members.contains { $0.name.isEqual(to: "load_from_db") }
        }
    }

    /// The canonical JSON of the tweaks.
    package let canonical: ByteBuffer

    /// The most fields that are looked at in one request.
    package static let fieldsMax = 1_024

    /// Takes the members of `tweaks`, without the components of which nothing is changed: LangFlow's own snippets name each component
    /// with `{}` behind it.
    ///
    /// - Returns: `nil` where there are none.
    package init?(_ members: [JSONMember]) {
        let members = members.filter { member in
            if case .object(let fields) = member.value { !fields.isEmpty } else { true }
        }
        guard !members.isEmpty else { return nil }
        self.changes = members.map { Self.changes(of: $0) }
        var canonical = ByteBuffer()
        JSONWriter.write(.object(members), into: &canonical)
        self.canonical = canonical
    }

    private static func changes(of member: JSONMember) -> (component: [UInt8]?, fields: [Change]) {
        guard case .object(let fields) = member.value else { return (nil, [Change(member.name, member.value)]) }
        return (Array(member.name.bytes), fields.map { Change($0.name, $0.value) })
    }

    /// Refuses every change that is not allowed.
    ///
    /// A field's value is what may be changed, alone or as `{"value": …}`. Its other attributes may be where every tweak is allowed, but
    /// for the one by which LangFlow reads a stored variable.
    ///
    /// Bound: ``fieldsMax`` fields, each compared with every pattern, which costs no more than the pattern is long.
    ///
    /// - Throws: a refusal that names the first change that is not allowed, or one of too many changes.
    package func check(allowed: Set<TweakPattern>) throws(Refusal) {
        var count = 0
        for (component, fields) in self.changes {
            for change in fields {
                let field = change.field
                count += 1
                guard count <= Self.fieldsMax else {
                    throw Refusal(.invalidField, "\"tweaks\" change more than \(Self.fieldsMax) fields. Send fewer.")
                }
                guard allowed.contains(where: { $0.allows(field, of: component) }) else {
                    throw Self.refusal(of: field, component, allowed)
                }
                guard let attribute = change.attribute else { continue }
                guard !change.readsVariable, allowed.contains(where: \.isEverything) else {
                    throw Self.refusal(
                        of: change.readsVariable ? Array("load_from_db".utf8) : attribute,
                        field,
                        component
                    )
                }
            }
        }
    }

    private static func refusal(of attribute: [UInt8], _ field: [UInt8], _ component: [UInt8]?) -> Refusal {
        let change = PrintableExcerpt.of((component.map { $0 + [UInt8(ascii: ".")] } ?? []) + field, lengthMax: 96)
        let name = PrintableExcerpt.of(attribute, lengthMax: 96)
        return Refusal(
            .forbidden,
            "The tweak \"\(change)\" sets \"\(name)\", which is not the field's value. Send the value alone, or as {\"value\": …}."
        )
    }

    private static func refusal(of field: [UInt8], _ component: [UInt8]?, _ allowed: Set<TweakPattern>) -> Refusal {
        let change = PrintableExcerpt.of((component.map { $0 + [UInt8(ascii: ".")] } ?? []) + field, lengthMax: 96)
        let isAtTopLevel = component != nil && allowed.contains { $0.isMistakenly(field) }
        return Refusal(
            .forbidden,
            "The tweak \"\(change)\" is not allowed for this flow. Leave it out, or ask the operator to list it in the flow's "
                + "\"tweaks\" setting"
                + (isAtTopLevel ? ", where the lone name of a field stands for tweaks at the top level only." : ".")
        )
    }
}
