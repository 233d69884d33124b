import AmbassadorCore
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import AmbassadorRedis

@Suite struct RedisChannelHandlerTests {
    /// What a handler told its owner and its callers.
    private final class Log: Sendable {
        let events = Mutex<[String]>([])
        let results = Mutex<[RedisResult]>([])

        func submission(_ command: RedisCommand) -> RedisSubmission {
            RedisSubmission(command: command) { result in self.results.withLock { $0.append(result) } }
        }
    }

    private func get(_ key: String) throws -> RedisCommand {
        try #require(RedisCommand.get(Samples.buffer(key), bytesMax: 100))
    }

    private func connected(_ log: Log, greeting: RedisGreeting? = nil) throws -> (EmbeddedChannel, RedisChannelHandler)
    {
        let plain = try #require(RedisGreeting(user: nil, password: nil, database: 0))
        let handler = RedisChannelHandler(
            greeting: greeting ?? plain,
            limits: ReplyReader.Limits(stringBytesMax: 1000, elementsMax: 64),
            commandTimeout: .milliseconds(50),
            greetingTimeout: .seconds(1)
        ) { event in
            let word: String
            switch event {
            case .ready: word = "ready"
            case .refused(let server, let consequence): word = "refused \(server.rawValue) \(consequence)"
            case .ended(let reason): word = "ended \(reason.word)"
            }
            log.events.withLock { $0.append(word) }
        }
        let channel = EmbeddedChannel(handler: handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379)).wait()
        return (channel, handler)
    }

    private func ready(_ log: Log) throws -> (EmbeddedChannel, RedisChannelHandler) {
        let (channel, handler) = try self.connected(log)
        _ = try self.written(channel)
        try channel.writeInbound(Samples.buffer("+OK\r\n+PONG\r\n"))
        return (channel, handler)
    }

    private func written(_ channel: EmbeddedChannel) throws -> String {
        var all = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&part) }
        return String(buffer: all)
    }

    @Test("the greeting is one write: who, which database, a name, a ping")
    func greeting() throws {
        let log = Log()
        let greeting = try #require(RedisGreeting(user: "bob", password: Secret("p w"), database: 3))
        let (channel, _) = try self.connected(log, greeting: greeting)
        #expect(
            try self.written(channel)
                == "*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$3\r\np w\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
                + "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$10\r\nambassador\r\n*1\r\n$4\r\nPING\r\n"
        )
        try channel.writeInbound(Samples.buffer("+OK\r\n+OK\r\n+OK\r\n"))
        #expect(log.events.withLock { $0 } == [])
        try channel.writeInbound(Samples.buffer("+PONG\r\n"))
        #expect(log.events.withLock { $0 } == ["ready"])
    }

    @Test("commands of one tick are one write, byte for byte, and their replies go to whom they belong")
    func pipelining() throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a")), log.submission(try self.get("b"))])
        let first = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        #expect(
            first == "*4\r\n$8\r\nGETRANGE\r\n$1\r\na\r\n$1\r\n0\r\n$3\r\n100\r\n"
                + "*4\r\n$8\r\nGETRANGE\r\n$1\r\nb\r\n$1\r\n0\r\n$3\r\n100\r\n"
        )
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(Samples.buffer("$1\r\nA\r\n$1\r"))
        try channel.writeInbound(Samples.buffer("\nB\r\n"))
        #expect(
            log.results.withLock { $0 } == [.success(.bulk(Samples.buffer("A"))), .success(.bulk(Samples.buffer("B")))]
        )
    }

    @Test("the other commands are written byte for byte")
    func commands() throws {
        let key = Samples.buffer("k")
        let set = try #require(RedisCommand.set(key, Samples.buffer("v\r\n"), milliseconds: 1500))
        #expect(String(buffer: set.bytes) == "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\nv\r\n\r\n$2\r\nPX\r\n$4\r\n1500\r\n")
        let unlink = try #require(RedisCommand.unlink([key, key]))
        #expect(String(buffer: unlink.bytes) == "*3\r\n$6\r\nUNLINK\r\n$1\r\nk\r\n$1\r\nk\r\n")
        let scan = try #require(
            RedisCommand.scan(cursor: Samples.buffer("0"), pattern: Samples.buffer("p:1:*"), count: 9)
        )
        #expect(
            String(buffer: scan.bytes)
                == "*6\r\n$4\r\nSCAN\r\n$1\r\n0\r\n$5\r\nMATCH\r\n$5\r\np:1:*\r\n$5\r\nCOUNT\r\n$1\r\n9\r\n"
        )
    }

    @Test("a command without a reply at its deadline closes the connection, and a late reply answers nobody")
    func deadline() throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a"))])
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(30))
        handler.send([log.submission(try self.get("b"))])
        try channel.writeInbound(Samples.buffer("$1\r\nA\r\n"))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(49))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        #expect(log.results.withLock { $0 } == [.success(.bulk(Samples.buffer("A"))), .failure(.timedOut)])
        #expect(log.events.withLock { $0 } == ["ready", "ended timed_out"])
        channel.pipeline.fireChannelRead(Samples.buffer("$1\r\nB\r\n"))
        #expect(log.results.withLock { $0.count } == 2)
    }

    @Test("a silent greeting ends at its own deadline")
    func silentGreeting() throws {
        let log = Log()
        let (channel, _) = try self.connected(log)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        #expect(log.events.withLock { $0 } == ["ended timed_out"])
    }

    @Test(
        "what is no RESP closes the connection and is a miss for all under way",
        arguments: [
            "$-2\r\n", "$99999999999\r\n", "*2147483647\r\n", String(repeating: "*1\r\n", count: 9), "$1001\r\n",
            "<html>\r\n", "+" + String(repeating: "x", count: 5000), "+OK\r\n+OK\r\n+OK\r\n",
        ]
    )
    func hostile(bytes: String) throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a")), log.submission(try self.get("b"))])
        try channel.writeInbound(Samples.buffer(bytes))
        #expect(!channel.isActive)
        let answered = bytes.hasPrefix("+OK\r\n")
        let ok = RedisResult.success(.status(Samples.buffer("OK")))
        #expect(log.results.withLock { $0 } == (answered ? [ok, ok] : [.failure(.closed), .failure(.closed)]))
        #expect(log.events.withLock { $0 } == ["ready", "ended protocol_violation"])
    }

    @Test("a connection that Redis ends fails all under way")
    func peerCloses() throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a"))])
        channel.pipeline.fireChannelInactive()
        #expect(log.results.withLock { $0 } == [.failure(.closed)])
        #expect(log.events.withLock { $0 } == ["ready", "ended peer_closed"])
        handler.send([log.submission(try self.get("b"))])
        #expect(log.results.withLock { $0 } == [.failure(.closed), .failure(.away)])
    }

    @Test(
        "words that end a connection end it, others leave it open",
        arguments: [
            ("LOADING x", "ended LOADING", false), ("READONLY x", "ended READONLY", false),
            ("NOPERM x", "ended no_permission", false), ("WRONGTYPE x", "", true),
            ("OOM x", "refused OOM pauseWrites", true),
            ("MOVED 1 a:1", "refused MOVED unsupported", true),
        ]
    )
    func words(line: String, event: String, isOpen: Bool) throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a"))])
        try channel.writeInbound(Samples.buffer("-\(line)\r\n"))
        #expect(channel.isActive == isOpen)
        #expect((log.events.withLock { $0 }.last ?? "") == (event.isEmpty ? "ready" : event))
    }

    @Test("a connection that is stopped lets commands under way end first")
    func stopping() throws {
        let log = Log()
        let (channel, handler) = try self.ready(log)
        handler.send([log.submission(try self.get("a"))])
        handler.stop()
        #expect(channel.isActive)
        try channel.writeInbound(Samples.buffer("$1\r\nA\r\n"))
        #expect(!channel.isActive)
        #expect(log.results.withLock { $0 } == [.success(.bulk(Samples.buffer("A")))])
        #expect(log.events.withLock { $0 } == ["ready", "ended stopped"])
    }
}
