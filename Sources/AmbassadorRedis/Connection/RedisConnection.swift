import AmbassadorCore
import DequeModule
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// A connection to Redis that outlives its sockets.
///
/// Commands go to one event loop, which writes all that have come since its last tick at once. While no socket is up, a command
/// fails at once with ``RedisError/away`` and costs nothing; a probe in the background finds out when Redis is back.
final class RedisConnection: Sendable {
    /// What only the event loop touches.
    struct LoopState {
        var machine: StateMachine
        var writePause: Backoff
        var handler: RedisChannelHandler?
        var channel: (any Channel)?
        var retry: Scheduled<Void>?
        var readySince: NIODeadline?
        var hasLoggedUp = false
        var hasLoggedOutage = false
        var hasLoggedCluster = false
        var loggedDenial: RedisDenial?
    }

    let configuration: RedisConfiguration
    let eventLoop: any EventLoop
    let tls: NIOSSLContext?
    let greeting: RedisGreeting
    let logger: Logger
    private let budget: CommandBudget
    private let metrics: RedisMetrics
    private let clocks: Clocks

    private let isUp = Atomic<Bool>(false)
    /// Nanoseconds of the monotonic clock; 0 where writes have never been refused.
    private let writesPausedUntil = Atomic<UInt64>(0)
    private let state = Mutex(RedisCondition.away)
    private let queue = Mutex<Deque<RedisSubmission>>([])
    private let loopBound: NIOLoopBoundBox<LoopState>

    init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        tls: NIOSSLContext?,
        greeting: RedisGreeting,
        budget: CommandBudget,
        metrics: RedisMetrics,
        clocks: Clocks,
        logger: Logger
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.tls = tls
        self.greeting = greeting
        self.budget = budget
        self.metrics = metrics
        self.clocks = clocks
        self.logger = logger
        let delayMax = TimeAmount(configuration.reconnectDelayMax)
        let backoff = Backoff(base: .milliseconds(50), delayMax: delayMax)
        self.loopBound = .makeBoxSendingValue(
            LoopState(
                machine: StateMachine(
                    backoff: backoff,
                    deniedDelay: TimeAmount(configuration.deniedDelay),
                    settledAfter: delayMax
                ),
                writePause: backoff
            ),
            eventLoop: eventLoop
        )
    }

    var condition: RedisCondition { self.state.withLock { $0 } }

    /// Sends a command and waits for its end, which comes within the deadline.
    func send(_ command: RedisCommand) async -> RedisResult {
        if let refusal = self.admit(command) { return .failure(refusal) }
        return await withCheckedContinuation { continuation in
            self.enqueue(command) { continuation.resume(returning: $0) }
        }
    }

    /// Whether commands may be sent, and their ends be told on the event loop that this is asked on.
    var isUpOnThisLoop: Bool { self.isUp.load(ordering: .acquiring) && self.eventLoop.inEventLoop }

    /// Sends a command whose end is told on the connection's event loop, and not within this call.
    func ask(_ command: RedisCommand, _ complete: @escaping @Sendable (RedisResult) -> Void) {
        guard let refusal = self.admit(command) else { return self.enqueue(command, complete) }
        self.eventLoop.execute { complete(.failure(refusal)) }
    }

    /// Sends a command whose end nobody waits for.
    func post(_ command: RedisCommand) {
        if self.admit(command) == nil { self.enqueue(command) { _ in } }
    }

    /// - Returns: why the command is not to be sent; it is then counted already.
    private func admit(_ command: RedisCommand) -> RedisError? {
        let refusal: RedisError
        if !self.isUp.load(ordering: .acquiring) {
            refusal = .away
        } else if command.name == .set, self.areWritesPaused {
            refusal = .writesPaused
        } else if !self.budget.take(bytes: command.bytes.readableBytes) {
            refusal = .overloaded
        } else {
            return nil
        }
        self.metrics.count(command.name, .failure(refusal))
        return refusal
    }

    /// Whether Redis has refused writes a moment ago.
    var areWritesPaused: Bool {
        let until = self.writesPausedUntil.load(ordering: .relaxed)
        return until != 0 && self.clocks.now().uptimeNanoseconds < until
    }

    private func enqueue(_ command: RedisCommand, _ complete: @escaping @Sendable (RedisResult) -> Void) {
        let submission = RedisSubmission(command: command) { [budget, metrics] result in
            budget.give(bytes: command.bytes.readableBytes)
            metrics.count(command.name, result)
            complete(result)
        }
        let isFirst = self.queue.withLock { queue in
            queue.append(submission)
            return queue.count == 1
        }
        // Later ones are taken along by the task of the first.
        if isFirst { self.eventLoop.execute { self.flush() } }
    }

    private func flush() {
        let submissions = self.queue.withLock { queue in
            let taken = queue
            queue = []
            return taken
        }
        guard let handler = self.loopBound.value.handler else {
            for submission in submissions { submission.complete(.failure(.away)) }
            return
        }
        handler.send(submissions)
    }

    /// Starts to connect, in the background and for as long as it takes.
    func connect() {
        self.eventLoop.execute { self.probe() }
    }

    /// Ends the commands under way, each within its deadline, and the connection.
    func stop() async {
        self.isUp.store(false, ordering: .releasing)
        let closed = self.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
            self.loopBound.value.machine.stop()
            self.loopBound.value.retry?.cancel()
            self.publish(.away)
            let channel = self.loopBound.value.channel
            self.loopBound.value.handler?.stop()
            return channel?.closeFuture ?? self.eventLoop.makeSucceededVoidFuture()
        }
        // A close future never fails; a loop that is shut down has closed its sockets already.
        try? await closed.get()
    }

    private func probe() {
        guard self.loopBound.value.machine.connect() else { return }
        self.makeSocket().whenComplete { result in
            switch result {
            case .success(let channel): self.adopt(channel)
            case .failure(let error): self.ended(.connectFailed(String(describing: error)))
            }
        }
    }

    private func adopt(_ channel: any Channel) {
        guard !self.loopBound.value.machine.isStopped else { return channel.close(promise: nil) }
        let handler = RedisChannelHandler(
            greeting: self.greeting,
            limits: ReplyReader.Limits(
                stringBytesMax: self.configuration.valueBytesMax + 1,
                elementsMax: 16_384
            ),
            commandTimeout: TimeAmount(self.configuration.commandTimeout),
            greetingTimeout: TimeAmount(self.configuration.connectTimeout)
        ) { [weak self] event in self?.handle(event) }
        do {
            self.loopBound.value.handler = handler
            self.loopBound.value.channel = channel
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            if !channel.isActive { handler.abandon() }
        } catch {
            handler.abandon()
            channel.close(promise: nil)
        }
    }

    private func handle(_ event: RedisChannelHandler.Event) {
        switch event {
        case .ready: self.becameReady()
        case .refused(let word, let consequence): self.refused(word, consequence)
        case .ended(let reason): self.ended(reason)
        }
    }

    private func becameReady() {
        let now = self.eventLoop.now
        guard self.loopBound.value.machine.ready(at: now) else { return }
        self.loopBound.value.readySince = now
        if !self.loopBound.value.hasLoggedUp {
            self.loopBound.value.hasLoggedUp = true
            self.logger.info("redis is up")
        }
        self.publish(.up)
        self.isUp.store(true, ordering: .releasing)
    }

    private func refused(_ word: ServerWord, _ consequence: ServerWord.Consequence) {
        switch consequence {
        case .pauseWrites:
            guard !self.areWritesPaused else { return }
            let now = self.clocks.now()
            let last = NIODeadline.uptimeNanoseconds(self.writesPausedUntil.load(ordering: .relaxed))
            if now - last > .seconds(10) { self.loopBound.value.writePause.reset() }
            let pause = self.loopBound.value.writePause.next(random: Double.random(in: 0..<1))
            self.writesPausedUntil.store((now + pause).uptimeNanoseconds, ordering: .relaxed)
        case .unsupported:
            guard !self.loopBound.value.hasLoggedCluster else { return }
            self.loopBound.value.hasLoggedCluster = true
            self.logger.error(
                "redis is a cluster, which is not supported: its keys are misses",
                metadata: ["redis.word": "\(word.rawValue)"]
            )
        case .none, .backOff, .reconnect, .deny:
            // The end of the socket follows and says it all.
            return
        }
    }

    private func ended(_ reason: RedisCloseReason) {
        self.isUp.store(false, ordering: .releasing)
        self.loopBound.value.handler = nil
        self.loopBound.value.channel = nil
        let now = self.eventLoop.now
        if case .denied(let denial) = reason { self.publish(.denied(denial)) } else { self.publish(.away) }
        self.log(reason, at: now)
        self.loopBound.value.readySince = nil
        switch self.loopBound.value.machine.ended(reason, at: now, random: Double.random(in: 0..<1)) {
        case .never:
            return
        case .after(let delay):
            self.loopBound.value.retry = self.eventLoop.scheduleTask(in: delay) { [weak self] in self?.probe() }
        }
    }

    private func publish(_ condition: RedisCondition) {
        self.state.withLock { $0 = condition }
    }

    /// Logs an outage once, and a denial once, however often they are met again.
    private func log(_ reason: RedisCloseReason, at now: NIODeadline) {
        guard !self.loopBound.value.machine.isStopped else { return }
        if let since = self.loopBound.value.readySince, now - since >= TimeAmount(self.configuration.reconnectDelayMax)
        {
            self.loopBound.value.hasLoggedOutage = false
            self.loopBound.value.loggedDenial = nil
        }
        let metadata: Logger.Metadata = ["redis.reason": "\(reason.word)", "redis.detail": "\(reason.detail)"]
        if case .denied(let denial) = reason {
            guard self.loopBound.value.loggedDenial != denial else { return }
            self.loopBound.value.loggedDenial = denial
            self.loopBound.value.hasLoggedUp = false
            self.logger.error(
                "redis refuses this process: the hot cache is off until it lets it in",
                metadata: metadata
            )
        } else if !self.loopBound.value.hasLoggedOutage {
            self.loopBound.value.hasLoggedOutage = true
            self.loopBound.value.hasLoggedUp = false
            self.logger.warning("redis is away: the hot cache misses until it is back", metadata: metadata)
        }
    }
}
