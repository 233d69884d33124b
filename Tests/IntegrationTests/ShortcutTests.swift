import AmbassadorTesting
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AmbassadorCore
@testable import AmbassadorSQLite
@testable import ambassador

/// Hits take a short way; whoever asks sees no difference.
@Suite struct ShortcutTests {
    private static let settings = """
        flows:
          faq: {ttl: 1h, session: ignore, fallback: "We are away."}
          spoken: {target: faq, ttl: 1h, session: key}
          brief: {target: other, ttl: 1ms, stale_while_revalidate: 1h}
        rate_limits:
          per_flow: {rate: 1000000/s, by: [flow]}
        tenants: {trust_header: true}
        """
    private static let requestCount = 100_000
    private static let batchCount = 250
    private static let lateCount = 200

    private let group = MultiThreadedEventLoopGroup.singleton

    @Test("100,000 mixed requests get the same bytes with shortcuts and without them, but for what time changes")
    func equivalence() async throws {
        let upstream = try await Self.upstream(on: self.group)
        let url = upstream.url
        let (first, second) = (try temporaryStore(), try temporaryStore())
        try await withAmbassador(upstream: url, store: first, settings: Self.settings) { short in
            try await withAmbassador(upstream: url, store: second, settings: Self.settings, takesShortcuts: false) {
                long in
                var random = SeededGenerator(seed: 20_261_125)
                for number in 0..<Self.requestCount / Self.batchCount {
                    let batch = Self.batch(number, using: &random)
                    let answers = try await (self.answers(of: short, to: batch), self.answers(of: long, to: batch))
                    guard answers.0 == answers.1 else {
                        let places = zip(answers.0, answers.1).enumerated().first { $1.0 != $1.1 }
                        Issue.record("batch \(number): \(places.map { "\($0)" } ?? "of different lengths")")
                        return
                    }
                }
                let outcomes = try await (short.outcomesOfIdentified(), long.outcomesOfIdentified())
                let isEqual = outcomes.0 == outcomes.1
                #expect(isEqual)
                // They are written once a second.
                let summed = Self.requestCount - outcomes.0.count
                for ambassador in [short, long] {
                    try await eventually("the refusals are summed") { try await ambassador.sumOfOthers() == summed }
                }
                #expect(try await short.refusalsOfOthers() == long.refusalsOfOthers())
                #expect(outcomes.0.count { $0 == "hit:memory" } > Self.requestCount / 3)
            }
        }
        await upstream.shutdown()
    }

    @Test("a caller that reads late gets every byte of 200 long hits, in their order", arguments: [true, false])
    func slowReader(takesShortcuts: Bool) async throws {
        let text = String(repeating: "a long answer ", count: 4_000)
        let upstream = try await Self.upstream(on: self.group, text: { _ in text })
        try await withAmbassador(
            upstream: upstream.url,
            store: try temporaryStore(),
            settings: Self.settings,
            takesShortcuts: takesShortcuts
        ) { ambassador in
            let body = #"{"flow_id":"faq","input":"q"}"#
            for _ in 0..<2 { _ = try await ambassador.post(body) }
            let connection = try await RawConnection.open(
                to: try #require(ambassador.assembly.dataAddress),
                group: self.group
            )
            try await connection.setReading(false)
            for number in 1...Self.lateCount {
                let fields = ["X-Trace-ID: \(Self.id(number))", "Content-Length: \(body.utf8.count)"]
                let last = number == Self.lateCount ? ["Connection: close"] : []
                try await connection.send(Self.head("POST /run-flow", fields + last) + body)
            }
            try await connection.setReading(true)
            let (bytes, ended) = await connection.receiveToEnd(within: .seconds(60))
            await connection.close()
            #expect(ended)
            let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
            let ids = lines.filter { $0.hasPrefix("X-Trace-ID: ") }
            #expect(ids == (1...Self.lateCount).map { "X-Trace-ID: \(Self.id($0))" })
            let lengths = Set(lines.filter { $0.hasPrefix("Content-Length: ") })
            #expect(lengths.count == 1)
            // What is sent while nobody reads is more than any socket holds.
            #expect(bytes.count > Self.lateCount * text.utf8.count)
            #expect(
                try await ambassador.outcomes() == ["miss"] + Array(repeating: "hit:memory", count: Self.lateCount + 1)
            )
        }
        await upstream.shutdown()
    }

    private static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// Answers that depend on the question alone.
    private static func upstream(
        on group: any EventLoopGroup,
        text: @escaping @Sendable (String) -> String = { "answer to \($0)" }
    ) async throws -> TestUpstream {
        try await TestUpstream.start(on: group) { request in
            let members = ScriptedUpstream.members(of: ByteBuffer(bytes: request.body))
            let input = members["input_value"] ?? ""
            let answer = ScriptedUpstream.answer(
                text(input),
                session: members["session_id"] ?? "",
                input: input
            )
            return .answer(String(buffer: answer.body))
        }
    }

    /// Many requests one after the other, the last of which closes the connection.
    private static func batch(_ number: Int, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<Self.batchCount).map { index in
            let isLast = index == Self.batchCount - 1
            let id = Self.id(number * Self.batchCount + index + 1)
            return Self.request(["X-Trace-ID: \(id)"] + (isLast ? ["Connection: close"] : []), using: &random)
        }
    }

    private static func request(_ fields: [String], using random: inout SeededGenerator) -> [UInt8] {
        let question = "question \(Int.random(in: 0..<60, using: &random))"
        var (target, fields, body) = ("/run-flow", fields, #"{"flow_id":"faq","input":"\#(question)"}"#)
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<9: break
        case 9: fields.append("Accept: text/plain")
        case 10: (target, body) = ("/api/v1/run/faq?stream=false", #"{"input_value":"\#(question)"}"#)
        case 11:
            body =
                #"{"flow_id":"spoken","input":"\#(question)","session_id":"s\#(Int.random(in: 0...2, using: &random))"}"#
        case 12: fields.append("Cache-Control: \(["no-cache", "max-age=600"][Int.random(in: 0...1, using: &random)])")
        case 13: fields.append("Cache-Control: only-if-cached")
        case 14: fields.append("X-Tenant-ID: \(["acme", "other"][Int.random(in: 0...1, using: &random)])")
        case 15: body = #"{"flow_id":"faq","input":"\#(String(repeating: "long ", count: 300))\#(question)"}"#
        case 16: body = #"{"flow_id":"faq","input":123}"#
        case 17: body = #"{"flow_id":"nobody","input":"\#(question)"}"#
        case 18: body = "{"
        case 19: target = "/nowhere"
        case 20: body = #"{ "input" : "\#(question)", "flow_id" : "faq" }"#
        case 21:
            fields.append("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            fields.append("tracestate: a=\(Int.random(in: 0...9, using: &random))")
        case 22: return Self.chunked(body, fields)
        default:
            fields.append("Accept-Encoding: gzip\r\nUser-Agent: test")
            fields.append("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk")
        }
        return Array(Self.head("POST \(target)", fields + ["Content-Length: \(body.utf8.count)"]).utf8)
            + Array(body.utf8)
    }

    private static func chunked(_ body: String, _ fields: [String]) -> [UInt8] {
        let size = String(body.utf8.count, radix: 16)
        return Array(
            (Self.head("POST /run-flow", fields + ["Transfer-Encoding: chunked"]) + "\(size)\r\n\(body)\r\n0\r\n\r\n")
                .utf8
        )
    }

    private static func head(_ line: String, _ fields: [String]) -> String {
        ([line + " HTTP/1.1", "Host: localhost", "Content-Type: application/json"] + fields).joined(separator: "\r\n")
            + "\r\n\r\n"
    }

    /// The lines of all answers to a batch, without what time changes.
    private func answers(of ambassador: RunningAmbassador, to batch: [[UInt8]]) async throws -> [String] {
        let address = try #require(ambassador.assembly.dataAddress)
        let connection = try await RawConnection.open(to: address, group: self.group)
        try await connection.send(Array(batch.joined()))
        let (bytes, ended) = await connection.receiveToEnd(within: .seconds(60))
        #expect(ended)
        await connection.close()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            .map(Self.timeless)
    }

    private static func timeless(_ line: Substring) -> String {
        // A session of its own for each request that names none.
        if line.hasPrefix("{") {
            let parts = line.components(separatedBy: "\"session_id\":\"")
            return parts[0] + parts.dropFirst().map { $0.utf8.count > 36 ? String($0.dropFirst(36)) : $0 }.joined()
        }
        for prefix in ["Date: ", "Age: ", "RateLimit: "] where line.hasPrefix(prefix) { return prefix }
        guard line.hasPrefix("Cache-Status: "), let start = line.range(of: "ttl=")?.upperBound else {
            return String(line)
        }
        return line[..<start] + String(line[start...].drop { $0.isNumber })
    }
}
