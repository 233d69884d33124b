import AmbassadorCore
import NIOCore

/// `/admin/v1/cache/pin`, `tombstone`, `unpin` and `marks`: what operators decide about single answers.
///
/// A key does not show whose entry it finds, so callers who are bound to a tenant may decide nothing.
struct CurationRoutes {
    let curation: any CurationAdministration
    let recorder: ChangeRecorder

    /// A text is escaped in JSON, so its body is longer than the longest text.
    static let bodyBytesMax = 4 << 20

    var all: [AdminRoute] {
        [
            self.change("pin") { curation, request, author in
                await curation.pin(request.key, text: request.text, author: author, reason: request.reason)
            },
            self.change("tombstone") { curation, request, author in
                await curation.tombstone(request.key, author: author, reason: request.reason)
            },
            self.change("unpin") { curation, request, _ in await curation.unpin(request.key) },
            self.list,
        ]
    }

    private func change(
        _ verb: String,
        _ act: @escaping @Sendable (any CurationAdministration, CurationRequest, String) async -> CurationResult
    ) -> AdminRoute {
        let (curation, recorder) = (self.curation, self.recorder)
        return AdminRoute(method: "POST", path: "/admin/v1/cache/\(verb)", permission: .adminWrite) {
            request throws(Refusal) in
            let wanted = try CurationRequest(try request.content(upTo: Self.bodyBytesMax), takesText: verb == "pin")
            let subject = "\(verb) key=\(wanted.key)"
            guard request.caller.tenant == nil else {
                await recorder.record(.adminWrite, of: subject, .refused, "of a tenant's credential", in: request)
                throw Refusal(.forbidden, "Nothing was changed: a key may be another tenant's.")
            }
            let result = await act(curation, wanted, request.caller.principal)
            let isDone = result == .done || result == .incomplete
            await recorder.record(
                .adminWrite,
                of: subject,
                result == .done ? .done : .failed,
                "\(result.rawValue): \(wanted.recordedReason)",
                in: request
            )
            guard isDone else { throw Self.refusal(result) }
            return Self.content(#"{"result":"\#(result.rawValue)"}"#)
        }
    }

    private var list: AdminRoute {
        let curation = self.curation
        return AdminRoute(method: "GET", path: "/admin/v1/cache/marks", permission: .adminRead) {
            request throws(Refusal) in
            guard request.caller.tenant == nil else {
                throw Refusal(.forbidden, "A key may be another tenant's.")
            }
            var body = ByteBuffer(string: #"{"marks":["#)
            for (position, mark) in curation.curationMarks.enumerated() {
                if position > 0 { body.writeStaticString(",") }
                Self.write(mark, into: &body)
            }
            body.writeStaticString("]}")
            return Self.content(String(buffer: body))
        }
    }

    private static func write(_ mark: CurationMark, into body: inout ByteBuffer) {
        body.writeString(#"{"key":"\#(mark.key)","kind":"\#(mark.kind.name)","time":"\#(mark.time.iso8601)","author":"#)
        JSONWriter.writeString(mark.author, into: &body)
        body.writeStaticString(#","reason":"#)
        JSONWriter.writeString(mark.reason, into: &body)
        if case .pin(let answer) = mark.kind {
            body.writeStaticString(#","text":"#)
            JSONWriter.writeString(answer.textWithoutSession, into: &body)
        }
        body.writeStaticString("}")
    }

    private static func content(_ body: String) -> Response.Content {
        .json(ByteBuffer(string: body + "\n"))
    }

    private static func refusal(_ result: CurationResult) -> Refusal {
        switch result {
        case .notFound:
            Refusal(
                .unknownKey,
                "Nothing is known under this key. To pin an answer that is not stored, give its text."
            )
        case .noRoom:
            Refusal(
                .bodyTooLarge,
                "The answer is over hot_cache.entry_size_max, or there are too many marks."
            )
        case .notKept, .done, .incomplete:
            Refusal(.storeUnavailable, "The store cannot be written, so nothing was changed. See the log.")
        }
    }
}

/// The body of a decision: `{"key", "reason"}`, and for a pin `"text"` where another answer than the stored one is meant.
struct CurationRequest {
    let key: CacheKey
    let reason: String
    let text: ByteBuffer?

    init(_ body: ByteBuffer, takesText: Bool) throws(Refusal) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(body)
        } catch {
            throw Self.refusal("the body is not JSON: \(error)")
        }
        guard case .object(let members) = value else { throw Self.refusal("the body is not a JSON object") }
        let names: [StaticString] = takesText ? ["key", "reason", "text"] : ["key", "reason"]
        guard members.allSatisfy({ member in names.contains { member.name.isEqual(to: $0) } }) else {
            throw Self.refusal("the body has a member other than \(names.map { "\($0)" }.joined(separator: ", "))")
        }
        guard let key = value["key"]?.string.flatMap({ CacheKey($0.text) }) else {
            throw Self.refusal("key is not a key as `cache list` shows it")
        }
        guard let reason = value["reason"]?.string?.text, (1...CurationMark.reasonBytesMax).contains(reason.utf8.count)
        else { throw Self.refusal("reason is not a text of 1 to \(CurationMark.reasonBytesMax) bytes") }
        self.key = key
        self.reason = reason
        switch value["text"] {
        case nil: self.text = nil
        case .string(let text)? where !text.bytes.isEmpty: self.text = ByteBuffer(bytes: text.bytes)
        case .some: throw Self.refusal("text is not a text, or empty")
        }
    }

    /// The reason as records have it: printable ASCII on one line.
    var recordedReason: String {
        String(
            decoding: self.reason.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") },
            as: UTF8.self
        )
    }

    private static func refusal(_ reason: String) -> Refusal {
        Refusal(.invalidField, "Nothing was changed: \(reason).")
    }
}
