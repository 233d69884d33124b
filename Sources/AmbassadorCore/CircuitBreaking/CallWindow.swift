import NIOCore

/// The calls of a span of time, counted in slices of it that are forgotten one by one.
struct CallWindow: Sendable {
    struct Counts: Sendable, Equatable {
        var calls = 0
        var failures = 0
        var slow = 0
    }

    private static let sliceCount = 12

    private let sliceNanoseconds: UInt64
    private var slices = [Counts](repeating: Counts(), count: Self.sliceCount)
    /// The number of the slice that is being counted in, since the clock's zero.
    private var current: UInt64 = 0
    private(set) var total = Counts()

    init(length: Duration) {
        let nanoseconds = NIODeadline.distantPast.advanced(by: length).uptimeNanoseconds
        self.sliceNanoseconds = max(1, nanoseconds / UInt64(Self.sliceCount))
    }

    /// Counts a call at a moment; one a little before the latest, as racing threads have it, is counted with the latest.
    mutating func count(at now: NIODeadline, isFailure: Bool, isSlow: Bool) {
        self.advance(to: now.uptimeNanoseconds / self.sliceNanoseconds)
        let call = Counts(calls: 1, failures: isFailure ? 1 : 0, slow: isSlow ? 1 : 0)
        self.slices[Int(self.current % UInt64(Self.sliceCount))].add(call)
        self.total.add(call)
    }

    mutating func removeAll() {
        self.slices = [Counts](repeating: Counts(), count: Self.sliceCount)
        self.total = Counts()
    }

    private mutating func advance(to slice: UInt64) {
        guard slice > self.current else { return }
        let passed = min(slice - self.current, UInt64(Self.sliceCount))
        for offset in 0..<passed {
            let index = Int((slice - offset) % UInt64(Self.sliceCount))
            self.total.subtract(self.slices[index])
            self.slices[index] = Counts()
        }
        self.current = slice
    }
}

extension CallWindow.Counts {
    fileprivate mutating func add(_ other: Self) {
        self.calls += other.calls
        self.failures += other.failures
        self.slow += other.slow
    }

    fileprivate mutating func subtract(_ other: Self) {
        self.calls -= other.calls
        self.failures -= other.failures
        self.slow -= other.slow
    }
}
