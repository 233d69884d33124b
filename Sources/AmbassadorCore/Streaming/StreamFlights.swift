package import NIOCore
import Synchronization

/// Makes one stream of identical ones: whoever asks while it runs reads it from its first record.
///
/// A stream is made in a task of its own that belongs to the flights, so that no reader's leaving ends it for the others.
package final class StreamFlights: Sendable {
    /// A reader's place in a stream.
    struct Place: Sendable {
        let relay: StreamRelay
        let reader: UInt64
        /// Whether another began it.
        let isShared: Bool
        let leaderGrace: Duration

        /// When this reader stops waiting: the one that began the stream a little later than the others, so that a stream with a
        /// timeout at the same moment ends with its own failure, and in that reader's record.
        func deadline(from deadline: NIODeadline) -> NIODeadline {
            self.isShared ? deadline : deadline.advanced(by: self.leaderGrace)
        }
    }

    /// What makes a stream: it must end by itself, within a timeout of its own, and soon after its task is cancelled.
    typealias Production = @Sendable (StreamRelay) async -> Void

    private struct State {
        var joinable: [CacheKey: StreamRelay] = [:]
        /// Those under way, with their tasks once these are known.
        var tasks: [UInt64: Task<Void, Never>?] = [:]
        var refreshCount = 0
        var isShutDown = false
        var drains: [UInt64: OneShot<Bool>] = [:]
        var lastNumber: UInt64 = 0

        mutating func nextNumber() -> UInt64 {
            self.lastNumber += 1
            return self.lastNumber
        }
    }

    let limits: StreamLimits
    private let refreshesMax: Int
    private let leaderGrace: Duration
    private let sleeper: Sleeper
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limits: how much of a stream is held, and for how many.
    ///   - refreshesMax: how many background refreshes may be under way at once.
    ///   - leaderGrace: as ``SingleFlight``'s.
    ///   - sleeper: what the readers' deadlines are waited with.
    package init(
        limits: StreamLimits = StreamLimits(),
        refreshesMax: Int = 64,
        leaderGrace: Duration = .zero,
        sleeper: Sleeper = .system
    ) {
        self.limits = limits
        self.refreshesMax = refreshesMax
        self.leaderGrace = leaderGrace
        self.sleeper = sleeper
    }

    private enum Found {
        case joined(Place)
        case begun(UInt64, Place)
        case none
        /// One of another generation: the caller says whether it takes it.
        case judge(StreamRelay)
    }

    /// Joins the stream of a key that runs, or begins it.
    ///
    /// - Parameters:
    ///   - key: what makes two streams the same, with the generation.
    ///   - generation: as of when the caller asks.
    ///   - accepts: whether a stream of another generation is the caller's, too; if not, the caller's own takes its place for those who
    ///     come later. Asked without the lock.
    ///   - isStored: asked where none runs, so that no stream can end between the question and the beginning of another; short, and
    ///     without streams.
    ///   - production: run where the stream is begun.
    /// - Returns: `nil` where as many read it as may, or where what it would bring is stored.
    func join(
        _ key: CacheKey,
        _ generation: CallGeneration = CallGeneration(),
        accepts: (CallGeneration) -> Bool = { _ in true },
        unless isStored: () -> Bool = { false },
        production: @escaping Production
    ) -> Place? {
        var judged: (relay: StreamRelay, isAccepted: Bool)?
        while true {
            switch self.find(key, generation, judged, unless: isStored) {
            case .judge(let relay): judged = (relay, accepts(relay.generation))
            case .joined(let place): return place
            case .none: return nil
            case .begun(let number, let place):
                self.begin(number, place.relay, key, isRefresh: false, production)
                return place
            }
        }
    }

    private func find(
        _ key: CacheKey,
        _ generation: CallGeneration,
        _ judged: (relay: StreamRelay, isAccepted: Bool)?,
        unless isStored: () -> Bool
    ) -> Found {
        self.state.withLock { state in
            if let relay = state.joinable[key] {
                let isOwn = relay.generation == generation
                guard isOwn || judged?.relay === relay else { return .judge(relay) }
                if isOwn || judged?.isAccepted == true {
                    guard relay.readerCount <= self.limits.readersMax else { return .none }
                    if let reader = relay.join() { return .joined(self.place(reader, of: relay, isShared: true)) }
                    // It cannot be read from its beginning any more: another takes its place.
                }
            }
            if isStored() { return .none }
            let relay = self.relay(generation)
            state.joinable[key] = relay
            return .begun(self.enter(&state), self.first(of: relay))
        }
    }

    /// Begins a stream that nobody else reads and that is not kept.
    func begin(production: @escaping Production) -> Place {
        let place = self.first(of: StreamRelay(limits: self.limits, isKept: false, sleeper: self.sleeper))
        let number = self.state.withLock { self.enter(&$0) }
        self.begin(number, place.relay, nil, isRefresh: false, production)
        return place
    }

    /// Begins the stream of a key for nobody in particular, unless it runs; as ``SingleFlight/refreshInBackground(_:operation:)``.
    func refreshInBackground(
        _ key: CacheKey,
        _ generation: CallGeneration = CallGeneration(),
        production: @escaping Production
    ) {
        let relay = self.relay(generation)
        let number: UInt64? = self.state.withLock { state in
            guard !state.isShutDown, state.refreshCount < self.refreshesMax,
                state.joinable[key]?.isOver ?? true
            else {
                return nil
            }
            state.refreshCount += 1
            state.joinable[key] = relay
            return self.enter(&state)
        }
        if let number { self.begin(number, relay, key, isRefresh: true, production) }
    }

    /// Begins no background refresh from now on; callers are still served.
    package func shutDown() {
        self.state.withLock { $0.isShutDown = true }
    }

    /// Waits until no stream runs.
    ///
    /// - Returns: `false` where some still did when the deadline passed or the task was cancelled.
    package func drain(until deadline: NIODeadline) async -> Bool {
        let drained = OneShot<Bool>()
        let waiting: UInt64? = self.state.withLock { state in
            guard !state.tasks.isEmpty else { return nil }
            let number = state.nextNumber()
            state.drains[number] = drained
            return number
        }
        guard let waiting else { return true }
        return await drained.value(until: deadline, sleeper: self.sleeper) { _ in
            self.state.withLock { $0.drains.removeValue(forKey: waiting) }?.deliver(false)
        }
    }

    /// Cancels every stream that runs.
    package func cancelAll() {
        for task in self.state.withLock({ Array($0.tasks.values) }) { task?.cancel() }
    }

    /// How many streams run.
    package var count: Int { self.state.withLock { $0.tasks.count } }

    /// One that others may join.
    private func relay(_ generation: CallGeneration) -> StreamRelay {
        StreamRelay(limits: self.limits, isKept: true, generation: generation, sleeper: self.sleeper)
    }

    private func first(of relay: StreamRelay) -> Place {
        guard let reader = relay.join() else { preconditionFailure("a new stream has no place") }
        return self.place(reader, of: relay, isShared: false)
    }

    private func place(_ reader: UInt64, of relay: StreamRelay, isShared: Bool) -> Place {
        Place(relay: relay, reader: reader, isShared: isShared, leaderGrace: self.leaderGrace)
    }

    private func enter(_ state: inout State) -> UInt64 {
        let number = state.nextNumber()
        state.tasks.updateValue(nil, forKey: number)
        return number
    }

    private func begin(
        _ number: UInt64,
        _ relay: StreamRelay,
        _ key: CacheKey?,
        isRefresh: Bool,
        _ production: @escaping Production
    ) {
        let task = Task {
            await production(relay)
            self.end(number, relay, key, isRefresh: isRefresh)
        }
        self.state.withLock { state in
            // It may have ended before its task could be noted.
            if state.tasks[number] != nil { state.tasks.updateValue(task, forKey: number) }
        }
        relay.attach(task)
    }

    private func end(_ number: UInt64, _ relay: StreamRelay, _ key: CacheKey?, isRefresh: Bool) {
        let drains = self.state.withLock { state -> [OneShot<Bool>] in
            state.tasks.removeValue(forKey: number)
            if isRefresh { state.refreshCount -= 1 }
            if let key, state.joinable[key] === relay { state.joinable[key] = nil }
            guard state.tasks.isEmpty else { return [] }
            defer { state.drains.removeAll() }
            return Array(state.drains.values)
        }
        for drained in drains { drained.deliver(true) }
    }
}
