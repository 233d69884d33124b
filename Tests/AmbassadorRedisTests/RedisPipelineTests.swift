import NIOCore
import Testing

@testable import AmbassadorRedis

@Suite struct RedisPipelineTests {
    private static let pong = RedisReply.status(Samples.buffer("PONG"))
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func ready() -> RedisPipeline<Int> {
        var pipeline = RedisPipeline<Int>(greeting: [.ping], deadline: .distantFuture)
        _ = pipeline.receive(Self.pong)
        return pipeline
    }

    private func error(_ line: String) -> RedisReply { .error(Samples.buffer(line)) }

    @Test("replies answer commands in the order in which they were sent")
    func order() {
        var pipeline = self.ready()
        for waiter in 1...3 { pipeline.enter(waiter, .get, deadline: Self.start) }
        for expected in 1...3 {
            let reply = RedisReply.integer(Int64(expected))
            guard case .complete(let waiter, let result, nil, .none) = pipeline.receive(reply) else {
                Issue.record("no completion")
                return
            }
            #expect(waiter == expected && result == .success(reply))
        }
        #expect(pipeline.isIdle)
    }

    @Test("a reply to nothing closes the connection")
    func unasked() {
        var pipeline = self.ready()
        guard case .close(.protocolViolation) = pipeline.receive(.null) else {
            Issue.record("not closed")
            return
        }
    }

    @Test("the oldest command's deadline is the one that is watched, and passing it closes")
    func deadlines() {
        var pipeline = self.ready()
        #expect(pipeline.expire(at: Self.start) == .idle)
        let first = Self.start + .milliseconds(50)
        let second = Self.start + .milliseconds(70)
        pipeline.enter(1, .get, deadline: first)
        pipeline.enter(2, .get, deadline: second)
        #expect(pipeline.expire(at: Self.start) == .rearm(first))
        #expect(pipeline.expire(at: first - .nanoseconds(1)) == .rearm(first))
        #expect(pipeline.expire(at: first) == .close)
        _ = pipeline.receive(.null)
        #expect(pipeline.expire(at: first) == .rearm(second))
    }

    @Test("all whose reply will not come are given back, the oldest first, and once")
    func closing() {
        var pipeline = self.ready()
        for waiter in 1...3 { pipeline.enter(waiter, .get, deadline: Self.start) }
        let first = pipeline.close()
        let second = pipeline.close()
        #expect(first == [1, 2, 3])
        #expect(second == [])
        guard case .close = pipeline.receive(.null) else {
            Issue.record("a late reply was taken")
            return
        }
    }

    @Test("no command goes before the greeting is over, step by step")
    func greeting() {
        var pipeline = RedisPipeline<Int>(
            greeting: [.authenticate, .select, .setName, .ping],
            deadline: Self.start
        )
        #expect(pipeline.expire(at: Self.start - .nanoseconds(1)) == .rearm(Self.start))
        #expect(pipeline.expire(at: Self.start) == .close)
        for _ in 1...3 {
            guard case .greeting = pipeline.receive(.status(Samples.buffer("OK"))) else {
                Issue.record("the greeting did not go on")
                return
            }
            #expect(!pipeline.isReady)
        }
        guard case .ready = pipeline.receive(Self.pong) else {
            Issue.record("not ready")
            return
        }
        #expect(pipeline.isReady)
    }

    @Test("a pipeline that drains ends with its last reply")
    func draining() {
        var pipeline = self.ready()
        pipeline.enter(1, .set, deadline: Self.start)
        pipeline.drain()
        #expect(!pipeline.isReady && !pipeline.isDrained)
        _ = pipeline.receive(.status(Samples.buffer("OK")))
        #expect(pipeline.isDrained)
    }

    @Test(
        "each word of an error has its consequence",
        arguments: [
            ("LOADING Redis is loading the dataset in memory", .backOff),
            ("BUSY Redis is busy running a script.", .backOff),
            ("MASTERDOWN Link with MASTER is down", .backOff),
            ("TRYAGAIN Multiple keys request during rehashing of slot", .backOff),
            ("CLUSTERDOWN Hash slot not served", .backOff),
            ("READONLY You can't write against a read only replica.", .reconnect),
            ("OOM command not allowed when used memory > 'maxmemory'.", .pauseWrites),
            ("MISCONF Redis is configured to save RDB snapshots", .pauseWrites),
            ("NOREPLICAS Not enough good replicas to write.", .pauseWrites),
            ("NOAUTH Authentication required.", .deny(.noAuthentication)),
            ("WRONGPASS invalid username-password pair", .deny(.wrongPassword)),
            ("NOPERM this user has no permissions to run the command", .deny(.noPermission)),
            ("MOVED 3999 127.0.0.1:6381", .unsupported),
            ("ASK 3999 127.0.0.1:6381", .unsupported),
            ("WRONGTYPE Operation against a key holding the wrong kind of value", .none),
            ("ERR unknown command", .none),
            ("LOADINGS", .none), ("loading", .none), ("", .none), (" LOADING", .none),
        ] as [(String, ServerWord.Consequence)]
    )
    func words(line: String, consequence: ServerWord.Consequence) {
        var pipeline = self.ready()
        pipeline.enter(7, .get, deadline: Self.start)
        guard case .complete(7, .failure(.server(let word)), let told?, let found) = pipeline.receive(self.error(line))
        else {
            Issue.record("no completion")
            return
        }
        #expect(word == told && found == consequence)
    }

    @Test("a user who may not scan keeps the cache")
    func permissionByCommand() {
        #expect(ServerWord.noPermission.consequence(for: .scan) == .none)
        #expect(ServerWord.noPermission.consequence(for: .set) == .deny(.noPermission))
    }

    @Test(
        "an error in the greeting ends it with its reason",
        arguments: [
            (.authenticate, "ERR AUTH <password> called without any password configured", .denied(.wrongPassword)),
            (.authenticate, "WRONGPASS invalid username-password pair", .denied(.wrongPassword)),
            (.select, "ERR DB index is out of range", .denied(.noDatabase)),
            (.select, "NOAUTH Authentication required.", .denied(.noAuthentication)),
            (.setName, "ERR unknown subcommand", nil),
            (.setName, "NOPERM no", nil),
            (.ping, "NOPERM no", nil),
            (.ping, "NOAUTH Authentication required.", .denied(.noAuthentication)),
            (.ping, "LOADING Redis is loading", .server(.loading)),
            (.ping, "ERR max number of clients reached", .server(.other)),
            (.ping, "DENIED Redis is running in protected mode", .denied(.protectedMode)),
        ] as [(RedisGreeting.Step, String, RedisCloseReason?)]
    )
    func greetingErrors(step: RedisGreeting.Step, line: String, reason: RedisCloseReason?) {
        #expect(RedisGreeting.judge(self.error(line), to: step) == reason)
    }

    @Test("what answers a ping otherwise is no Redis")
    func strangeGreeting() {
        #expect(RedisGreeting.judge(.status(Samples.buffer("OK")), to: .ping) != nil)
        #expect(RedisGreeting.judge(.integer(1), to: .select) != nil)
        #expect(RedisGreeting.judge(Self.pong, to: .ping) == nil)
    }
}
