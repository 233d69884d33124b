import NIOCore

/// The text of a stream as far as its reader has it.
struct StreamedText: Sendable {
    private(set) var text = ByteBuffer()
    var isEmpty: Bool { self.text.readableBytes == 0 }

    mutating func append(_ piece: ByteBuffer) {
        self.text.writeImmutableBuffer(piece)
    }

    /// What the reader lacks of the whole text.
    ///
    /// A flow without tokens has its text at the end alone, and some flows say more at the end than their tokens did.
    ///
    /// - Returns: `nil` where nothing is missing, or where the whole is another text than the reader has.
    func rest(of whole: ByteBuffer) -> ByteBuffer? {
        let count = self.text.readableBytes
        guard whole.readableBytes > count,
            whole.readableBytesView.prefix(count).elementsEqual(self.text.readableBytesView)
        else { return nil }
        return whole.getSlice(at: whole.readerIndex + count, length: whole.readableBytes - count)
    }
}
