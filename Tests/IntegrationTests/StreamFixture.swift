import AmbassadorTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ambassador

/// A LangFlow that streams recorded records with the session of the call, each as a chunk.
struct StreamingLangFlow: Sendable {
    let upstream: TestUpstream

    /// Listens; `wait` is run before each record, whose number it is told, and before the end.
    static func start(
        _ records: [String] = RecordedStream.llm,
        wait: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws -> StreamingLangFlow {
        let upstream = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { request in
            let session = ScriptedUpstream.members(of: ByteBuffer(bytes: request.body))["session_id"] ?? ""
            // A connection of its own for each call, so that a proxy's faults are counted by calls.
            let fields = ["Content-Type: text/event-stream; charset=utf-8", "Connection: close"]
            return .stream(fields: fields) { writer in
                for (number, record) in records.enumerated() {
                    await wait(number)
                    try await writer.sendChunk(Self.record(record, session))
                }
                await wait(records.count)
                try await writer.sendLastChunk()
                return .close
            }
        }
        return StreamingLangFlow(upstream: upstream)
    }

    /// A recorded record in another session.
    static func record(_ record: String, _ session: String) -> String {
        record.replacingAll("00000000-0000-4000-8000-000000000001", with: session)
    }
}

extension String {
    /// The same with every occurrence of a text that is not empty replaced.
    func replacingAll(_ text: String, with other: String) -> String {
        self.split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}

/// A caller of a streamed run over a socket of its own.
struct StreamCaller: Sendable {
    let connection: RawConnection

    /// Connects and asks; the session is the caller's.
    static func ask(
        _ question: String,
        of ambassador: RunningAmbassador,
        session: String = "own"
    ) async throws -> StreamCaller {
        let address = try #require(ambassador.assembly.dataAddress)
        let connection = try await RawConnection.open(to: address, group: MultiThreadedEventLoopGroup.singleton)
        let body = #"{"flow_id":"faq","input":"\#(question)","session_id":"\#(session)","stream":true}"#
        try await connection.send(
            """
            POST /run-flow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
            """
        )
        return StreamCaller(connection: connection)
    }

    /// Waits until so many records are there.
    func waitForRecords(_ count: Int) async {
        _ = await self.connection.receive(within: .seconds(60)) { (ChunkedMessage($0)?.chunks.count ?? 0) >= count }
    }

    /// What the ambassador sent until it closed.
    func answer() async throws -> StreamedAnswer {
        let (bytes, hasEnded) = await self.connection.receiveToEnd(within: .seconds(60))
        await self.connection.close()
        try #require(hasEnded)
        return StreamedAnswer(bytes)
    }
}

/// A streamed answer, all of which has come.
struct StreamedAnswer: Sendable {
    let status: Int
    let cacheStatus: String
    /// Each chunk of the body.
    let records: [String]
    /// Whether the body ended with its last chunk.
    let isComplete: Bool

    init(_ bytes: [UInt8]) {
        let message = ChunkedMessage(bytes)
        self.status = Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
        let name = "Cache-Status: "
        let fields = message?.fields ?? []
        self.cacheStatus = fields.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) } ?? ""
        self.records = message?.chunks ?? []
        self.isComplete = message?.isComplete ?? false
    }

    /// The event's name of each record, which must be JSON.
    var events: [String] {
        self.records.map { ScriptedUpstream.members(of: ByteBuffer(string: $0))["event"] ?? "no event" }
    }
}

/// Opens once, for everybody who waits.
final class Latch: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
