package import NIOCore

/// The changes to a flow that a request asks for: never empty.
package struct Tweaks: Sendable {
    /// The fields that are changed: of a component (`{"Component": {"field": value}}`), with the dot that follows its name, or of all.
    ///
    /// Copies, so that what is remembered of a request does not keep the document; a component's name once, whatever it changes.
    private let changes: [(component: [UInt8], fields: [[UInt8]])]
    /// The canonical JSON of the tweaks.
    package let canonical: ByteBuffer

    /// - Returns: `nil` where there are none.
    package init?(_ members: [JSONMember]) {
        guard !members.isEmpty else { return nil }
        self.changes = members.map { Self.changes(of: $0) }
        var canonical = ByteBuffer()
        JSONWriter.write(.object(members), into: &canonical)
        self.canonical = canonical
    }

    private static func changes(of member: JSONMember) -> (component: [UInt8], fields: [[UInt8]]) {
        guard case .object(let fields) = member.value else { return ([], [Array(member.name.bytes)]) }
        return (Array(member.name.bytes) + [UInt8(ascii: ".")], fields.map { Array($0.name.bytes) })
    }

    /// Refuses every pair that is not allowed.
    ///
    /// A field's name with a dot in it is refused whatever is allowed, so that `A.b` and `c` cannot pass for `A` and `b.c`.
    ///
    /// Bound: each pair that is allowed is another one, so that no more are looked at than are allowed and one.
    ///
    /// - Parameter allowed: the pairs as `Component.field`, and a lone `field` for a value at the top level that is not an
    ///   object; compared as bytes.
    /// - Throws: a refusal that names the first pair that is not allowed.
    package func check(allowed: Set<String>) throws(Refusal) {
        for (component, fields) in self.changes {
            for field in fields { try Self.check(component: component, field: field, allowed: allowed) }
        }
    }

    private static func check(component: [UInt8], field: [UInt8], allowed: Set<String>) throws(Refusal) {
        let pair = component + field
        let isAllowed = !field.contains(UInt8(ascii: ".")) && allowed.contains { $0.utf8.elementsEqual(pair) }
        guard !isAllowed else { return }
        throw Refusal(
            .forbidden,
            "The tweak \"\(PrintableExcerpt.of(pair, lengthMax: 96))\" is not allowed for this flow. "
                + "Leave it out, or ask the operator to list it in the flow's \"tweaks\" setting."
        )
    }
}
