package import NIOCore

/// The text that a purge looks for in stored inputs.
///
/// It is compared byte for byte and, where a flow takes questions of several forms for one, in that flow's form as well.
package struct PurgeText: Sendable, Hashable {
    /// As the operator wrote it; 1 to ``bytesMax`` bytes.
    package let raw: ByteBuffer
    /// In a form that misses nothing of what ``Normalization/text`` takes for the same (``TextNormalization/coarse(_:)``).
    ///
    /// `nil` where nothing is left of it in that form.
    package let folded: ByteBuffer?
    /// The targets whose inputs are compared in that form too.
    package let foldedTargets: FoldedTargets

    package static let bytesMax = 1_024

    package init(_ raw: ByteBuffer, foldedTargets: FoldedTargets = .none) {
        self.raw = raw
        let folded = foldedTargets == .none ? ByteBuffer() : TextNormalization.coarse(raw)
        self.folded = folded.readableBytes == 0 ? nil : folded
        self.foldedTargets = foldedTargets
    }

    /// Whether an input of a target contains the text.
    package func isContained(in input: ByteBuffer, of target: FlowName) -> Bool {
        input.contains(self.raw) || self.isContainedFolded(in: input, of: target)
    }

    /// Whether an input contains the text in the target's own form.
    package func isContainedFolded(in input: ByteBuffer, of target: FlowName) -> Bool {
        guard let folded, self.foldedTargets.contains(target) else { return false }
        return TextNormalization.coarse(input).contains(folded)
    }
}

/// The targets of flows under `normalize: text`.
package enum FoldedTargets: Sendable, Hashable {
    case only(Set<FlowName>)
    /// Those of unlisted flows too.
    case allBut(Set<FlowName>)

    package static let none = FoldedTargets.only([])

    package func contains(_ target: FlowName) -> Bool {
        switch self {
        case .only(let targets): targets.contains(target)
        case .allBut(let targets): !targets.contains(target)
        }
    }
}

extension ByteBuffer {
    /// Whether the readable bytes hold those of another one in a row.
    fileprivate func contains(_ text: ByteBuffer) -> Bool {
        self.withUnsafeReadableBytes { input in
            text.withUnsafeReadableBytes { input.contains($0) }
        }
    }
}
