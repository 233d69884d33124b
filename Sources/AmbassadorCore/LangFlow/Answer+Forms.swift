import NIOCore

/// One answer in the form that its reader asked for: a stream's `end` carries the whole plain answer, and a plain answer is all that
/// such an end needs.
extension Answer {
    /// The answer in a form.
    ///
    /// - Returns: `nil` where the bytes are not LangFlow's answer to a run after all.
    func `in`(_ form: Form) -> Answer? {
        switch (self.form, form) {
        case (.document, .document), (.records, .records): self
        case (.records, .document): self.document
        case (.document, .records): self.records
        }
    }

    /// The plain answer that the last record holds.
    private var document: Answer? {
        guard let last = self.lastRecord,
            let record = self.body.getSlice(at: self.body.readerIndex + last.lowerBound, length: last.count),
            let span = JSONSpan.ofValue(at: ["data", "result"], in: record)
        else { return nil }
        let start = last.lowerBound + span.lowerBound
        let end = last.lowerBound + span.upperBound
        guard let body = self.body.getSlice(at: self.body.readerIndex + start, length: end - start), start < end else {
            return nil
        }
        let offsets = self.sessionOffsets.lazy.filter { $0 >= start && $0 <= end }.map { $0 - start }
        return Answer(body: body, sessionOffsets: Array(offsets), text: self.text)
    }

    /// Where the last record stands in the body: from behind the empty line before it.
    private var lastRecord: Range<Int>? {
        self.body.withUnsafeReadableBytes { bytes in
            guard bytes.count > 2 else { return nil }
            var start = bytes.count - 2
            while start > 1, bytes[start - 1] != UInt8(ascii: "\n") || bytes[start - 2] != UInt8(ascii: "\n") {
                start -= 1
            }
            return (start > 1 ? start : 0)..<bytes.count
        }
    }

    /// The stream of a flow that has no tokens to show: its message, and the end.
    private var records: Answer? {
        // The session's places move with the bytes around them, so it is written in before and cut out again after.
        let session = SessionID.fresh().scoped(to: .default)
        var document = ByteBuffer()
        EscapedSessionID(session.description).write(into: self.body, at: self.sessionOffsets, to: &document)
        var records = ByteBuffer()
        records.reserveCapacity(2 * document.readableBytes + 128)
        if let message = Self.message(in: document) {
            records.writeStaticString("{\"event\": \"add_message\", \"data\": ")
            records.writeImmutableBuffer(message)
            records.writeStaticString("}\n\n")
        }
        records.writeStaticString("{\"event\": \"end\", \"data\": {\"result\": ")
        Self.writeOnOneLine(document, into: &records)
        records.writeStaticString("}}\n\n")
        let (body, offsets) = Self.cut(session, from: records)
        return Answer(form: .records, body: body, sessionOffsets: offsets, text: self.text)
    }

    /// The first output's message, as LangFlow's `add_message` shows it.
    private static func message(in document: ByteBuffer) -> ByteBuffer? {
        // It was parsed when it was stored; a document that is no answer to a run has no message.
        guard let value = try? JSONParser.parse(document, depthMax: LangFlowAnswer.depthMax) else { return nil }
        let outputs = (value["outputs"]?.array ?? []).flatMap { $0["outputs"]?.array ?? [] }
        guard let message = outputs.lazy.compactMap({ $0["results"]?["message"] }).first, case .object = message else {
            return nil
        }
        var bytes = ByteBuffer()
        JSONWriter.write(message, into: &bytes)
        return bytes
    }

    /// Line breaks stand between a document's values only, where a blank means the same.
    private static func writeOnOneLine(_ document: ByteBuffer, into buffer: inout ByteBuffer) {
        guard document.readableBytesView.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        else {
            buffer.writeImmutableBuffer(document)
            return
        }
        buffer.writeBytes(
            document.readableBytesView.map {
                $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0
            }
        )
    }
}
