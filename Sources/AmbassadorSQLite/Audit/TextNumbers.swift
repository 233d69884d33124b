/// Gives texts their numbers: the same one again for as long as the text is remembered, and never that of another.
struct TextNumbers {
    // Texts come from callers: what is remembered of them is bounded.
    private static let knownMax = 16_384

    private var known: [[UInt8]?: Int64] = [:]
    private var last: Int64 = 0

    mutating func numbered(_ text: String?) -> NumberedText {
        // As bytes: equal strings may be written differently.
        let bytes = text.map { Array($0.utf8) }
        if let number = self.known[bytes] { return NumberedText(text: text, number: number) }
        if self.known.count >= Self.knownMax { self.known.removeAll(keepingCapacity: true) }
        self.last += 1
        self.known[bytes] = self.last
        return NumberedText(text: text, number: self.last)
    }
}
