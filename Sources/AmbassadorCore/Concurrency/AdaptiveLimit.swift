import DequeModule
import NIOCore

/// How many calls LangFlow gets at once, found out from how long its answers take; without lock and clock.
///
/// Additive increase, multiplicative decrease. Flows differ in latency by a thousand times, so each is compared with itself: its
/// pressure is how many times longer its answers take than while few calls were under way. Each flow has one vote in the mean of the
/// pressures, by their square roots, so that one flow that becomes slow does not narrow the others' way.
///
/// Until answers come nothing is known, and to hold calls back could only harm: the limit then grows by the second while calls wait.
struct AdaptiveLimit: Sendable {
    /// The least, the first and the greatest limit; where all are one number the limit is fixed.
    struct Bounds: Sendable, Hashable {
        let min: Int
        let initial: Int
        let max: Int

        static let auto = Bounds(min: 4, initial: 4, max: 256)

        static func fixed(_ limit: Int) -> Bounds { Bounds(min: limit, initial: limit, max: limit) }

        var isFixed: Bool { self.min == self.max }
    }

    private struct Latencies {
        /// The mean while few calls were under way, in seconds; `nil` before the first answers.
        var baseline: Double?
        /// The mean at the latest decrease of the limit, in seconds; `nil` once the pressure is gone.
        var meanAtDecrease: Double?
        var sum = 0.0
        var count = 0

        var mean: Double { self.sum / Double(Swift.max(1, self.count)) }
        /// What is known, or at least guessed from the first answers.
        var expected: Double? { self.baseline ?? (self.count > 0 ? self.mean : nil) }
    }

    /// Answers that are judged together.
    private static let samplesMin = 8
    /// Below it nothing is felt of the calls that are under way.
    private static let pressureNone = 1.25
    /// Below it there is room for more calls.
    private static let pressureLow = 2.5
    /// Above it there are too many; between the two the limit stays.
    private static let pressureHigh = 4.0
    private static let pressureMax = 8.0
    /// Above it a timeout may be of our making.
    private static let pressureOfOurs = 1.5
    private static let decrease = 0.7
    /// How much a baseline rises with each judgement, so that one lucky minute is forgotten in some hours.
    private static let drift = 1.001
    /// A mean that falls by less than the limit did is not of the limit's making.
    private static let unchanged = 0.85
    private static let growthPause = Duration.seconds(1)
    /// From this limit on growth is faster while nothing is known.
    private static let limitTried = 16
    private static let growthPauseMax = Duration.seconds(2)
    /// Flows that are known; beyond them all are forgotten and learned again.
    private static let flowsMax = 1_024

    let bounds: Bounds
    private var value: Double
    /// The limit before the decreases that have not eased the pressure yet.
    private var valueBefore: Double?
    private var flows: [FlowName?: Latencies] = [:]
    private var sampleCount = 0
    private var wasFull = false
    private(set) var pressure = 1.0
    private var changedAt = NIODeadline.distantPast
    private var grownAt = NIODeadline.distantPast
    private var sampledAt = NIODeadline.distantPast

    init(_ bounds: Bounds) {
        self.bounds = bounds
        self.value = Double(bounds.initial)
    }

    /// How many calls may be under way.
    var limit: Int { Int(self.value) }

    /// Whether more calls are under way than LangFlow can answer in the time that it usually takes: what times out then may do so
    /// by our own doing.
    var isOverloading: Bool { self.pressure > Self.pressureOfOurs && self.limit > self.bounds.min }

    /// How long a call of a flow takes while few are under way; `nil` where that is not known.
    func expectedTime(of flow: FlowName?) -> Duration? {
        self.flows[flow]?.expected.map { .seconds($0) }
    }

    /// A call begins while none is under way: what was learned of a crowd is over.
    mutating func startedIdle() {
        self.value = Swift.min(self.value, Double(self.bounds.initial))
        self.pressure = 1
    }

    /// Takes how long an answer took, or how long one was waited for in vain.
    ///
    /// - Parameters:
    ///   - sample: the call.
    ///   - flow: whose it was.
    ///   - isFull: whether as many calls were under way as may be.
    ///   - now: when it ended.
    mutating func record(_ sample: CallSample, of flow: FlowName?, isFull: Bool, at now: NIODeadline) {
        guard !self.bounds.isFixed else { return }
        if self.flows.count >= Self.flowsMax, self.flows[flow] == nil { self.flows.removeAll() }
        // Nothing is known of a flow that has never answered, so its timeouts say nothing of the others.
        if sample.isTimeout, self.flows[flow]?.expected == nil { return }
        self.sampledAt = now
        // Begun under another limit, it tells of that.
        guard now.advanced(by: .zero - sample.took) >= self.changedAt else { return }
        self.flows[flow, default: Latencies()].sum += sample.took / .seconds(1)
        self.flows[flow, default: Latencies()].count += 1
        self.sampleCount += 1
        self.wasFull = self.wasFull || isFull
        if self.sampleCount >= Swift.max(Self.samplesMin, self.limit / 2) { self.judge(at: now) }
    }

    /// Lets more calls go where calls wait, nothing is heard, and those under way are not late.
    ///
    /// - Parameters:
    ///   - starts: when the calls under way began, by flow.
    ///   - now: the moment.
    mutating func grow(beside starts: [FlowName?: Deque<NIODeadline>], at now: NIODeadline) {
        guard !self.bounds.isFixed, self.pressure < Self.pressureLow else { return }
        var late = 0
        var count = 0
        // Where the first calls are not answered after all this time, they wait for others, or LangFlow is too slow for any limit.
        var pause = self.limit < Self.limitTried ? Self.growthPause : Self.growthPause / 2
        for (flow, starts) in starts {
            count += starts.count
            guard let expected = self.expectedTime(of: flow) else { continue }
            pause = Swift.max(pause, Swift.min(Swift.max(expected * 2, Self.growthPause), Self.growthPauseMax))
            late += starts.count { $0.duration(to: now) > expected * 2 }
        }
        guard late * 2 <= count, Swift.max(self.grownAt, self.sampledAt).advanced(by: pause) <= now else { return }
        self.grownAt = now
        self.value = Swift.min(Double(self.bounds.max), self.value * 2)
    }

    private mutating func judge(at now: NIODeadline) {
        var roots = 0.0
        var voters: [FlowName?] = []
        var isSlowerItself = false
        for (flow, latencies) in self.flows where latencies.count > 0 {
            let mean = latencies.mean
            var baseline = latencies.baseline ?? mean
            // Fewer calls did not help: the flow is slower by itself, and that is what it takes now.
            if let before = latencies.meanAtDecrease, mean > before * Self.unchanged {
                baseline = mean
                isSlowerItself = true
            }
            roots += Swift.min(Swift.max(mean / Swift.max(baseline, 1e-6), 1), Self.pressureMax).squareRoot()
            voters.append(flow)
            self.flows[flow] = Latencies(baseline: Swift.min(baseline * Self.drift, mean), meanAtDecrease: mean)
        }
        let root = roots / Double(Swift.max(1, voters.count))
        self.pressure = root * root
        self.adjust(isSlowerItself: isSlowerItself, at: now)
        if self.pressure <= Self.pressureHigh { for flow in voters { self.flows[flow]?.meanAtDecrease = nil } }
        self.sampleCount = 0
        self.wasFull = false
    }

    private mutating func adjust(isSlowerItself: Bool, at now: NIODeadline) {
        if self.pressure > Self.pressureHigh {
            self.valueBefore = self.valueBefore ?? self.value
            self.value = Swift.max(Double(self.bounds.min), self.value * Self.decrease)
            self.changedAt = now
        } else if self.pressure < Self.pressureLow {
            if isSlowerItself, let valueBefore { self.value = Swift.max(self.value, valueBefore) }
            self.valueBefore = nil
            guard self.wasFull else { return }
            let step = self.pressure < Self.pressureNone ? self.value : self.value.squareRoot()
            self.value = Swift.min(Double(self.bounds.max), self.value + step)
            self.changedAt = now
        }
    }
}
