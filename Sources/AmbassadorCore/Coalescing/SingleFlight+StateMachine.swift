extension SingleFlight {
    /// A caller's place in a flight.
    struct WaiterID: Hashable, Sendable {
        let flight: UInt64
        let number: UInt64
    }

    /// A caller that waits.
    struct Waiter: Sendable {
        let arrival: OneShot<Landing>
        let isFollower: Bool
    }

    /// Who waits for what.
    ///
    /// Pure: it hands out what is to be delivered, begun or cancelled once its lock is released.
    struct StateMachine: Sendable {
        enum Join {
            /// The caller's operation is to be begun.
            case lead(WaiterID)
            case wait(WaiterID)
            case refuse
            /// Nothing is to be done: see ``Landing/stored``.
            case stored
            /// Another generation's flight is under way: the caller says whether it takes it.
            case judge(UInt64, CallGeneration)
        }

        /// Whether a caller takes a flight of another generation.
        struct Judgement {
            let flight: UInt64
            let isAccepted: Bool
        }

        struct Leaving {
            let arrival: OneShot<Landing>
            /// The task that nobody needs any more.
            let givenUp: Task<Void, Never>?
        }

        private struct Flight {
            let key: CacheKey
            let generation: CallGeneration
            let isBackground: Bool
            var keepsRunning: Bool
            var waiters: [UInt64: Waiter] = [:]
            var followerCount = 0
            var isGivenUp = false
            var task: Task<Void, Never>?
        }

        private let waitersMax: Int
        private let backgroundMax: Int
        private var flights: [UInt64: Flight] = [:]
        /// The flights that may be joined: all but those given up, and those whose place another has taken.
        private var joinable: [CacheKey: UInt64] = [:]
        private var backgroundCount = 0
        private var isShutDown = false
        private var drains: [UInt64: OneShot<Bool>] = [:]
        private var lastNumber: UInt64 = 0

        init(waitersMax: Int, backgroundMax: Int) {
            self.waitersMax = waitersMax
            self.backgroundMax = backgroundMax
        }

        var flightCount: Int { self.flights.count }

        var tasks: [Task<Void, Never>] { self.flights.values.compactMap(\.task) }

        /// Whether there is a flight of a key that may be joined.
        func isUnderWay(_ key: CacheKey) -> Bool { self.joinable[key] != nil }

        /// Joins the flight of a key, or opens one where there is none or the caller does not accept it.
        mutating func join(
            _ key: CacheKey,
            _ generation: CallGeneration = CallGeneration(),
            _ judgement: Judgement? = nil,
            arrival: OneShot<Landing>,
            keepsRunning: Bool
        ) -> Join {
            guard let flight = self.joinable[key], let found = self.flights[flight] else {
                return self.lead(key, generation, arrival, keepsRunning: keepsRunning)
            }
            if found.generation != generation {
                guard let judgement, judgement.flight == flight else { return .judge(flight, found.generation) }
                guard judgement.isAccepted else {
                    return self.lead(key, generation, arrival, keepsRunning: keepsRunning)
                }
            }
            guard found.followerCount < self.waitersMax else { return .refuse }
            self.flights[flight]?.followerCount += 1
            if keepsRunning {
                self.flights[flight]?.keepsRunning = true
            }
            return .wait(self.add(Waiter(arrival: arrival, isFollower: true), to: flight))
        }

        private mutating func lead(
            _ key: CacheKey,
            _ generation: CallGeneration,
            _ arrival: OneShot<Landing>,
            keepsRunning: Bool
        ) -> Join {
            let flight = self.open(key, generation, isBackground: false, keepsRunning: keepsRunning)
            return .lead(self.add(Waiter(arrival: arrival, isFollower: false), to: flight))
        }

        /// - Returns: the flight to begin, or `nil`.
        mutating func beginRefresh(of key: CacheKey, _ generation: CallGeneration = CallGeneration()) -> UInt64? {
            guard !self.isShutDown, self.backgroundCount < self.backgroundMax, self.joinable[key] == nil else {
                return nil
            }
            self.backgroundCount += 1
            return self.open(key, generation, isBackground: true, keepsRunning: true)
        }

        /// Notes the task of a flight that was begun.
        ///
        /// - Returns: the task, where the flight was given up in the meantime.
        mutating func attach(_ task: Task<Void, Never>, to flight: UInt64) -> Task<Void, Never>? {
            guard let isGivenUp = self.flights[flight]?.isGivenUp else { return nil }
            self.flights[flight]?.task = task
            return isGivenUp ? task : nil
        }

        /// - Returns: `nil` where the caller does not wait any more: its landing is on the way.
        mutating func leave(_ id: WaiterID) -> Leaving? {
            guard let waiter = self.flights[id.flight]?.waiters.removeValue(forKey: id.number) else { return nil }
            if waiter.isFollower {
                self.flights[id.flight]?.followerCount -= 1
            }
            guard let flight = self.flights[id.flight], flight.waiters.isEmpty, !flight.keepsRunning else {
                return Leaving(arrival: waiter.arrival, givenUp: nil)
            }
            self.flights[id.flight]?.isGivenUp = true
            self.close(id.flight, flight.key)
            return Leaving(arrival: waiter.arrival, givenUp: flight.task)
        }

        /// Takes those who wait for a flight whose operation has ended; it cannot be joined any more.
        ///
        /// - Returns: each with its part, the first one of them with the call.
        mutating func land(_ id: UInt64) -> [(Waiter, Share)] {
            guard let flight = self.flights[id] else { preconditionFailure("a flight landed that had ended") }
            self.flights[id]?.waiters = [:]
            self.close(id, flight.key)
            // By their numbers: the one that began it first.
            let carrier = flight.waiters.keys.min()
            return flight.waiters.map { number, waiter in
                (waiter, Share(wasShared: waiter.isFollower, carriesCall: number == carrier))
            }
        }

        /// Ends a flight that has landed.
        ///
        /// - Returns: who waits for the last one to end, if it was that.
        mutating func end(_ id: UInt64) -> [OneShot<Bool>] {
            guard let flight = self.flights.removeValue(forKey: id) else {
                preconditionFailure("a flight ended twice")
            }
            self.backgroundCount -= flight.isBackground ? 1 : 0
            guard self.flights.isEmpty else { return [] }
            defer { self.drains.removeAll() }
            return Array(self.drains.values)
        }

        mutating func shutDown() {
            self.isShutDown = true
        }

        /// - Returns: a number for ``stopAwaitingEmpty(_:)``, or `nil` where no flight is under way.
        mutating func awaitEmpty(_ drained: OneShot<Bool>) -> UInt64? {
            guard !self.flights.isEmpty else { return nil }
            let number = self.nextNumber()
            self.drains[number] = drained
            return number
        }

        mutating func stopAwaitingEmpty(_ number: UInt64) -> OneShot<Bool>? {
            self.drains.removeValue(forKey: number)
        }

        /// Has a flight be joined no more; another may have taken its place already.
        private mutating func close(_ flight: UInt64, _ key: CacheKey) {
            if self.joinable[key] == flight { self.joinable[key] = nil }
        }

        private mutating func open(
            _ key: CacheKey,
            _ generation: CallGeneration,
            isBackground: Bool,
            keepsRunning: Bool
        ) -> UInt64 {
            let flight = self.nextNumber()
            self.flights[flight] = Flight(
                key: key,
                generation: generation,
                isBackground: isBackground,
                keepsRunning: keepsRunning
            )
            self.joinable[key] = flight
            return flight
        }

        private mutating func add(_ waiter: Waiter, to flight: UInt64) -> WaiterID {
            let number = self.nextNumber()
            self.flights[flight]?.waiters[number] = waiter
            return WaiterID(flight: flight, number: number)
        }

        private mutating func nextNumber() -> UInt64 {
            self.lastNumber += 1
            return self.lastNumber
        }
    }
}
