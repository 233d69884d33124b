import NIOCore
import Synchronization

@testable import AmbassadorCore

/// The buckets that replicas share, in this process: away, held up or short as a test wants it.
final class FakeLeaseSource: LeaseSource {
    private struct State {
        var buckets: [[UInt8]: TokenBucket] = [:]
        var requests: [LeaseRequest] = []
        var isAway = false
        var isHeld = false
        var held: [OneShot<Void>] = []
    }

    private let now: @Sendable () -> UInt64
    private let state = Mutex(State())

    init(now: @escaping @Sendable () -> NIODeadline) {
        self.now = { now().uptimeNanoseconds / 1000 }
    }

    var requests: [LeaseRequest] { self.state.withLock { $0.requests } }

    func setAway(_ isAway: Bool) {
        self.state.withLock { $0.isAway = isAway }
    }

    /// Lets questions wait until ``release()``.
    func hold() {
        self.state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for waiting in held { waiting.deliver(()) }
    }

    func lease(_ request: LeaseRequest) async -> LeaseGrant? {
        let gate = self.state.withLock { state -> OneShot<Void>? in
            state.requests.append(request)
            guard state.isHeld else { return nil }
            let gate = OneShot<Void>()
            state.held.append(gate)
            return gate
        }
        await gate?.value()
        let now = self.now()
        return self.state.withLock { state in
            guard !state.isAway else { return nil }
            var bucket = state.buckets[request.bucket] ?? TokenBucket(request.shape, at: now)
            bucket.fill(request.shape, at: now)
            var tokens = 0
            while tokens < request.tokens, bucket.take(request.shape) { tokens += 1 }
            state.buckets[request.bucket] = bucket
            return LeaseGrant(
                tokens: tokens,
                remaining: bucket.remaining(request.shape),
                waitMicroseconds: bucket.wait(request.shape)
            )
        }
    }
}
