/// What LangFlow says of its flows, beside running them.
package protocol FlowSource: Sendable {
    /// The flows that there are, as LangFlow listed them within some time before the call, or does now.
    ///
    /// - Throws: where LangFlow does not say, within a few seconds; what was thrown within that time is thrown again.
    func flows(maxAge: Duration) async throws(UpstreamError) -> FlowList

    /// The version of a flow by its id.
    ///
    /// - Throws: where LangFlow does not say, within a few seconds.
    func version(ofFlow id: FlowName) async throws(UpstreamError) -> FlowVersion
}

/// Which version of a flow LangFlow runs.
package enum FlowVersion: Sendable, Hashable {
    /// It changes with each change of the flow's graph; see ``VersionToken``.
    case token(String)
    /// There is no flow of the id.
    case gone
}

/// What a token may look like.
package enum VersionToken {
    package static let bytesMax = 256

    /// Whether a text can be a token, so that it can be kept and compared.
    package static func isValid(_ text: String) -> Bool {
        (1...Self.bytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension FlowName {
    /// Whether the name is a UUID, as LangFlow's own ids are.
    package var isUUID: Bool {
        self.description.utf8.count == 36
            && self.description.utf8.enumerated().allSatisfy { position, byte in
                switch position {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default: HexDigits.value(ofLowercase: byte) != nil
                }
            }
    }
}
