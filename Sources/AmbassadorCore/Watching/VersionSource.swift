/// Which version of a flow LangFlow runs.
package protocol VersionSource: Sendable {
    /// The token of the current version; it changes with each change of the flow's graph.
    ///
    /// - Returns: 1 to ``VersionToken/bytesMax`` bytes of visible ASCII.
    /// - Throws: where LangFlow does not say, within a few seconds.
    func versionToken(of target: FlowName) async throws(UpstreamError) -> String
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
