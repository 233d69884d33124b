import AmbassadorCore
import AmbassadorHTTP
import NIOCore
import NIOHTTP1

/// Compares the framer with the parser: what the framer takes, the parser takes too, and with the same meaning.
@main
struct FramerFuzz {
    /// What a head means, as far as another of the same pattern may repeat it.
    private struct Meaning: Equatable {
        let method: HTTPMethod
        let target: String
        let constant: [String]
    }

    private static let patternsMax = 100_000
    private static let own: Set<String> = ["content-length", "traceparent", "tracestate", "x-trace-id", "x-request-id"]

    private var framer = StrictFramer()
    private var parser: ParserWitness
    private var meanings: [[UInt8]: Meaning] = [:]
    private var framed = 0
    private var repeated = 0

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
        guard arguments.count <= 2, !arguments.contains(nil) else {
            fail("usage: framer-fuzz [REQUESTS [SEED]]; both are whole numbers")
        }
        let count = arguments.first.flatMap { $0 } ?? 10_000_000
        let seed = arguments.dropFirst().first.flatMap { $0 } ?? 20_261_125
        var fuzz = FramerFuzz(parser: try ParserWitness())
        var mutator = HeadMutator(seed: seed)
        for number in 0..<count {
            let request = mutator.next()
            if let disagreement = fuzz.compare(request) {
                fail(
                    "request \(number) of seed \(seed): \(disagreement)\n\(request)\n\(String(decoding: request, as: UTF8.self))"
                )
            }
        }
        guard fuzz.framed > count / 10, fuzz.repeated > count / 100 else {
            fail("too few of \(count) were framed (\(fuzz.framed)) or repeated (\(fuzz.repeated)) to tell anything")
        }
        report(
            "\(count) requests, seed \(seed): \(fuzz.framed) were framed, \(fuzz.repeated) by a known pattern; no disagreement"
        )
    }

    /// - Returns: what framer and parser disagree about.
    private mutating func compare(_ request: [UInt8]) -> String? {
        guard let head = request.withUnsafeBytes({ self.framer.frame($0) }) else { return nil }
        self.framed += 1
        var whole = request[..<min(request.count, head.byteCount + head.contentLength)]
        // The content that was announced, whatever became of it.
        whole.append(
            contentsOf: repeatElement(UInt8(ascii: "x"), count: head.byteCount + head.contentLength - whole.count)
        )
        let message: ParserWitness.Message
        do {
            guard let read = try self.parser.read(whole) else { return "the parser takes no message" }
            message = read
            // The parser takes nothing behind a request that ends its connection, or asks for another protocol.
            if !read.head.isKeepAlive || read.head.headers.contains(name: "upgrade") {
                self.parser = try ParserWitness()
            }
        } catch {
            return "the parser refuses it: \(error)"
        }
        guard message.head.method == .POST, message.head.version == .http1_1 else { return "the request lines differ" }
        guard message.content.readableBytesView.elementsEqual(whole[head.byteCount...]) else {
            return "the contents differ"
        }
        let fields = message.head.headers.map { ($0.name, $0.value) }
        guard Self.fields(of: request[..<head.byteCount]) == fields.map({ "\($0.0):\($0.1)" }) else {
            return "the fields differ: \(fields)"
        }
        let traceContext = request.withUnsafeBytes { head.traceContext(in: $0) }
        if let difference = Self.difference(head, traceContext, message.head) { return difference }
        return self.differenceToOthers(of: message.head)
    }

    /// The lines of a head behind its first, cut in the plainest way.
    private static func fields(of head: ArraySlice<UInt8>) -> [String] {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").dropFirst()
        return lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return "\(parts[0]):\(parts[1].drop { $0 == " " })"
        }
    }

    /// What the framer took out of the head must be what the fields say.
    private static func difference(
        _ framed: FramedHead,
        _ traceContext: TraceContext?,
        _ head: HTTPRequestHead
    ) -> String? {
        let lengths = head.headers["content-length"]
        guard lengths == [String(framed.contentLength)] else { return "the lengths differ: \(lengths)" }
        // Heads that are refused for something else say nothing about the trace.
        guard let fields = try? RequestFields(head.headers, minorVersion: 1) else { return nil }
        guard fields.callerTraceID == framed.traceID else { return "the trace ids differ" }
        guard fields.traceContext == traceContext else { return "the trace contexts differ" }
        return fields.body == .length(framed.contentLength) ? nil : "the framing differs"
    }

    /// Heads of one pattern are the same but for what is each one's own.
    private mutating func differenceToOthers(of head: HTTPRequestHead) -> String? {
        let constant = head.headers.map { Self.own.contains($0.name.lowercased()) ? $0.name : "\($0.name):\($0.value)" }
        let meaning = Meaning(method: head.method, target: head.uri, constant: constant)
        if let known = self.meanings[self.framer.pattern] {
            self.repeated += 1
            return known == meaning ? nil : "two heads of one pattern differ: \(known) \(meaning)"
        }
        if self.meanings.count < Self.patternsMax { self.meanings[self.framer.pattern] = meaning }
        return nil
    }
}
