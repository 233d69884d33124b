import AmbassadorCore
import AmbassadorTesting
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AmbassadorHTTP

/// Requests that are taken past the parser mean what the parser would have said.
@Suite struct HeadMemoTests {
    /// What happened on a connection.
    private struct Told: Equatable {
        var decided: [String] = []
        var refused: [String] = []
        var answers = ""
        var isActive = true
    }

    /// A connection without a network, with the gate before the parser or without it.
    private final class Connection {
        let channel = EmbeddedChannel()
        let witness = WitnessResponder()

        init(memo: HeadMemo?) throws {
            let clocks = Clocks(now: { .uptimeNanoseconds(1) }, wall: { Timestamp(milliseconds: 0) })
            let configuration = HTTPServerConfiguration()
            let decoder = RequestDecoder(limits: configuration)
            let handler = ConnectionHandler(
                configuration: configuration,
                responder: self.witness,
                table: ConnectionTable(eventLoop: self.channel.embeddedEventLoop, clocks: clocks),
                decoder: decoder,
                clientAddress: nil
            )
            if let memo {
                try self.channel.pipeline.syncOperations.addHandler(
                    InputGate(memo: memo, connection: handler, heldBytesMax: 1 << 22)
                )
            }
            try self.channel.pipeline.syncOperations.addHandlers([ByteToMessageHandler(decoder), handler])
            self.channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }

        private static func shown(_ credential: Credential) -> String {
            switch credential {
            case .none: "none"
            case .apiKey(let key): "key \(key.revealed)"
            case .bearer(let token): "bearer \(token.revealed)"
            case .both(let key, let token): "key \(key.revealed) and bearer \(token.revealed)"
            case .unusable: "unusable"
            }
        }

        /// Delivers the pieces one after the other, perhaps the end of the caller's side, and the end of the connection, and tells all
        /// that can be told of what happened.
        func receive(_ pieces: [[UInt8]], endsInput: Bool = false) throws -> Told {
            for piece in pieces where self.channel.isActive {
                // An error is the connection's to answer; the answer is looked at below.
                _ = try? self.channel.writeInbound(ByteBuffer(bytes: piece))
            }
            if endsInput, self.channel.isActive {
                self.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            }
            let isActive = self.channel.isActive
            // Whoever is cut off is told of it too, and has a record.
            _ = try? self.channel.finish(acceptAlreadyClosed: true)
            var told = Told()
            told.isActive = isActive
            told.decided = self.witness.decided.map { request in
                let head = request.head
                return "\(head.route) \(String(buffer: request.body)) \(head.tenantHeader ?? "-") \(head.wantsText) "
                    + "\(head.globalVariables) \(Self.shown(head.credential)) "
                    // Ids of our own are random.
                    + (request.traceID.description.hasPrefix("4bf92f35") ? request.traceID.description : "-")
                    + "\(request.traceContext.map { "\($0.flags) \($0.state)" } ?? "-")"
            }
            told.refused = self.witness.refused.map { "\($0.refusal) \($0.head.route) \($0.head.requestBytes)" }
            while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) {
                told.answers += Self.withoutTraceID(String(buffer: bytes)) + "\n"
            }
            return told
        }

        private static func withoutTraceID(_ answers: String) -> String {
            answers.split(separator: "\r\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("X-Trace-ID: ") }.joined(separator: "|")
        }
    }

    private static func call(_ fields: String = "", body: String = #"{"flow_id":"faq","input":"q"}"#) -> [UInt8] {
        Array(
            """
            POST /run-flow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(fields)\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """.utf8
        )
    }

    private static let requests: [[UInt8]] = [
        call(), call(), call(), call("X-Tenant-ID: a\r\n"), call("Accept: text/plain\r\n"),
        call(body: "{}"), call(body: "\r\n\r\n"), call(body: "POST /run-flow HTTP/1.1\r\nHost: a\r\n\r\n"),
        call("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"),
        call("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4799-00f067aa0ba902b7-01\r\ntracestate: a=b\r\n"),
        call("X-Trace-ID: 4bf92f3577b34da6a3ce929d0e0e4701\r\n"), call("x-request-id: 1\r\n", body: "{ }"),
        call(
            "tracestate: a=b\r\ntracestate: c=d\r\n"
                + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4799-00f067aa0ba902b7-03\r\n"
        ),
        call("X-LANGFLOW-GLOBAL-VAR-LANG: de\r\n"), call("Connection: close\r\n"), call("Expect: 100-continue\r\n"),
        Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
        Array("POST /run-flow HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".utf8),
        Array("POST /api/v1/run/faq?stream=false HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n".utf8)
            + Array("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n".utf8),
        Array("POST /api/v1/run/faq HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n".utf8)
            + Array("Content-Length: 2\r\n\r\n{}".utf8),
        Array("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8), Array("\r\n".utf8),
    ]

    @Test(
        "20,000 streams of good and spoiled requests, cut anywhere, mean what the parser says, or are refused for their shape"
    )
    func differential() throws {
        var random = SeededGenerator(seed: 20_261_122)
        let memo = HeadMemo(limits: HTTPServerConfiguration())
        var refusals = 0
        for round in 0..<20_000 {
            var stream: [UInt8] = []
            var ends: [Int] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                var request = Self.requests.randomElement(using: &random) ?? []
                if Int.random(in: 0..<4, using: &random) == 0 { Self.spoil(&request, using: &random) }
                stream += request
                ends.append(stream.count)
            }
            // Some callers leave in the middle.
            if Int.random(in: 0..<4, using: &random) == 0 {
                stream.removeLast(Int.random(in: 0...min(60, stream.count), using: &random))
            }
            // The gate drops trailers, some of which the parser refuses by their names.
            if stream.contains("\r\n0\r\nContent-Length: 1".utf8) { continue }
            let pieces = Self.cut(stream, at: ends.filter { $0 <= stream.count }, using: &random)
            let endsInput = Int.random(in: 0..<3, using: &random) == 0
            let with = try Connection(memo: memo).receive(pieces, endsInput: endsInput)
            let without = try Connection(memo: nil).receive(pieces, endsInput: endsInput)
            guard with != without else { continue }
            // The gate is stricter than the parser; what it refuses, it refuses whether the memo has seen anything or not.
            let isRefused =
                try without.decided.starts(with: with.decided) && !with.refused.isEmpty
                && without.refused.starts(with: with.refused.dropLast()) && !with.isActive
                && with.answers.contains("malformed_request")
                && Connection(memo: HeadMemo(limits: HTTPServerConfiguration()))
                    .receive(pieces, endsInput: endsInput) == with
            guard isRefused else {
                Issue.record("round \(round): \(pieces.map { String(decoding: $0, as: UTF8.self) }) \(with) \(without)")
                return
            }
            refusals += 1
        }
        // Most streams are not spoiled where the two differ: in the shape of a line, and in what is said of bytes that begin no method.
        #expect((1..<4000).contains(refusals))
    }

    @Test("a known head is taken past the parser, and its request has an id of its own")
    func repeated() throws {
        let memo = HeadMemo(limits: HTTPServerConfiguration())
        let connection = try Connection(memo: memo)
        let piece = Self.call() + Self.call()
        _ = try connection.receive([piece, piece])
        #expect(connection.witness.decided.count == 4)
        #expect(Set(connection.witness.decided.map(\.traceID)).count == 4)
        let head = Array(Self.call().prefix { $0 != UInt8(ascii: "{") })
        #expect(head.withUnsafeBytes { memo.known($0) } != nil)
        #expect(head.dropLast().withUnsafeBytes { memo.known($0) } == nil)
    }

    @Test("a head that differs in length and trace id only is known, and what it has of its own is read anew")
    func pattern() throws {
        let memo = HeadMemo(limits: HTTPServerConfiguration())
        let connection = try Connection(memo: memo)
        let (first, second) = ("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4737")
        _ = try connection.receive([Self.call("X-Trace-ID: \(first)\r\n")])
        let other = Self.call("X-Trace-ID: \(second)\r\n", body: "{}")
        let known = try #require(other.withUnsafeBytes { memo.known($0) })
        #expect(known.head.contentLength == 2 && known.head.byteCount == other.count - 2)
        #expect(known.head.traceID?.description == second)
        #expect(known.verdict.call === connection.witness.decided[0].head)
        let another = Self.call("X-Tenant-ID: a\r\n")
        #expect(another.withUnsafeBytes { memo.known($0) } == nil)
    }

    @Test("a head that the limits refuse is not taken for one that they let through")
    func limits() throws {
        var limits = HTTPServerConfiguration()
        limits.headerBlockBytesMax = 1024
        limits.bodyBytesMax = 1024
        let memo = HeadMemo(limits: limits)
        let known = Self.call("X-Request-ID: a\r\ntracestate: a\r\n")
        known.withUnsafeBytes { bytes in
            let head = UnsafeRawBufferPointer(rebasing: bytes.dropLast(29))
            memo.insert(CallHead(route: .runFlow), nil, for: head)
        }
        #expect(known.withUnsafeBytes { memo.known($0) } != nil)
        let long = String(repeating: "a", count: 500)
        let longer = "X-Request-ID: \(long)\r\ntracestate: \(long)\r\n"
        #expect(Self.call(longer).withUnsafeBytes { memo.known($0) } == nil)
        let body = String(repeating: " ", count: 1025)
        #expect(Self.call("X-Request-ID: a\r\ntracestate: a\r\n", body: body).withUnsafeBytes { memo.known($0) } == nil)
    }

    @Test("a head with the caller's own trace id keeps it")
    func ownTraceID() throws {
        let connection = try Connection(memo: HeadMemo(limits: HTTPServerConfiguration()))
        let traced = Self.call("X-Trace-ID: 4bf92f3577b34da6a3ce929d0e0e4736\r\n")
        _ = try connection.receive([traced, traced])
        #expect(Set(connection.witness.decided.map(\.traceID.description)) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
    }

    /// Changes, doubles, inserts or drops a few bytes of a request, mostly in its head.
    private static func spoil(_ request: inout [UInt8], using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...2, using: &random) where !request.isEmpty {
            let place = Int.random(in: 0..<request.count, using: &random)
            let hostile: [UInt8] = [0x0D, 0x0A, 0x20, 0x3A, 0x00, 0x09, 0x2C, 0x30, 0x7F, 0x80, 0x25]
            switch Int.random(in: 0..<5, using: &random) {
            case 0: request[place] = hostile.randomElement(using: &random) ?? 0
            case 1: request.insert(hostile.randomElement(using: &random) ?? 0, at: place)
            case 2: request.remove(at: place)
            case 3: request.replaceSubrange(place..<place, with: "\r\nContent-Length: 1".utf8)
            default: request.replaceSubrange(place..<place, with: request[max(0, place - 8)..<place])
            }
        }
    }

    /// Whole, cut between the requests, or cut anywhere.
    private static func cut(_ stream: [UInt8], at ends: [Int], using random: inout SeededGenerator) -> [[UInt8]] {
        let cuts: [Int]
        switch Int.random(in: 0..<3, using: &random) {
        case 0: cuts = []
        case 1: cuts = ends
        default: cuts = (0..<3).map { _ in Int.random(in: 0...stream.count, using: &random) }
        }
        let bounds = ([0] + cuts.sorted() + [stream.count])
        return zip(bounds, bounds.dropFirst()).map { Array(stream[$0..<$1]) }.filter { !$0.isEmpty }
    }
}
