/// A flow as LangFlow lists it: its id, and the names that it has beside.
package struct FlowIdentity: Sendable, Hashable {
    /// A longer name is cut; in Unicode scalars.
    package static let titleLengthMax = 128

    /// A UUID; see ``FlowName/isUUID``.
    package let id: FlowName
    /// By which LangFlow runs the flow, too; `nil` where it has none, or one that is no flow's name.
    package let endpointName: FlowName?
    /// What people read; LangFlow runs nothing by it.
    package let title: String

    package init(id: FlowName, endpointName: FlowName?, title: String) {
        self.id = id
        self.endpointName = endpointName
        self.title = String(title.unicodeScalars.prefix(Self.titleLengthMax))
    }
}
