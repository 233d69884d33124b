import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("A shared limit spends leases, and decides alone where there are none")
struct SharedLimitTests {
    private let clock = MockClock()
    private let registry = MetricRegistry()
    private let source: FakeLeaseSource

    init() {
        self.source = FakeLeaseSource(now: self.clock.clocks.now)
    }

    private func limiter(_ limits: RateLimit...) -> RateLimiter {
        RateLimiter(limits, source: self.source, metrics: self.registry, clocks: self.clock.clocks)
    }

    private func admit(_ limiter: RateLimiter, _ subject: LimitSubject) async -> Admission {
        await limiter.admit(subject, .request, at: self.clock.now).settled()
    }

    private func admitted(_ limiter: RateLimiter, _ subject: LimitSubject, of count: Int) async -> Int {
        var admitted = 0
        for _ in 0..<count where await self.admit(limiter, subject).isAdmitted { admitted += 1 }
        return admitted
    }

    private func metric(_ name: String, _ labels: String) -> String? {
        String(buffer: PrometheusText.render(self.registry)).split(separator: "\n")
            .first { $0.hasPrefix("ambassador_\(name){\(labels)} ") }
            .map { String($0.split(separator: " ")[1]) }
    }

    @Test("leases grow while they are spent in time, so most requests ask nobody")
    func growth() async throws {
        let limiter = self.limiter(try Limits.limit(1000, isShared: true))
        let subject = try Limits.subject()
        #expect(await self.admitted(limiter, subject, of: 1000) == 1000)
        // 1, 2, 4, … 32 and then 50 each: what comes in 50 ms.
        #expect(self.source.requests.map(\.tokens).prefix(8) == [1, 2, 4, 8, 16, 32, 50, 50])
        #expect(self.source.requests.count < 30)
        #expect(self.source.requests.allSatisfy { $0.bucket == self.source.requests[0].bucket })
    }

    @Test("two replicas together admit what one would")
    func together() async throws {
        let limit = try Limits.limit(100, isShared: true)
        let replicas = [self.limiter(limit), self.limiter(limit)]
        let subject = try Limits.subject()
        var admitted = 0
        for round in 0..<2000 where await self.admit(replicas[round % 2], subject).isAdmitted { admitted += 1 }
        #expect(admitted == 100)
        self.clock.advance(by: .milliseconds(500))
        for round in 0..<2000 where await self.admit(replicas[round % 2], subject).isAdmitted { admitted += 1 }
        #expect(admitted == 150)
    }

    @Test("an empty bucket is not asked again before it can have a token")
    func empty() async throws {
        let limiter = self.limiter(try Limits.limit(2, per: 10, isShared: true))
        let subject = try Limits.subject()
        #expect(await self.admitted(limiter, subject, of: 3) == 2)
        let asked = self.source.requests.count
        for _ in 0..<100 {
            let admission = limiter.admit(subject, .request, at: self.clock.now)
            #expect(admission.parts.retryAfter == 5 && admission.parts.state?.remaining == 0)
        }
        #expect(self.source.requests.count == asked)
        // Once a second it is asked all the same: somebody may have emptied Redis.
        self.clock.advance(by: .seconds(1))
        #expect(await self.admit(limiter, subject).parts.retryAfter == 4)
        #expect(self.source.requests.count == asked + 1)
        self.clock.advance(by: .seconds(4))
        #expect(await self.admit(limiter, subject).isAdmitted)
    }

    @Test("who waits for one bucket waits for one question, and late ones for the next")
    func joining() async throws {
        let limiter = self.limiter(try Limits.limit(100, isShared: true))
        let subject = try Limits.subject()
        self.source.hold()
        let pending = (0..<150).map { _ in limiter.admit(subject, .request, at: self.clock.now) }
        #expect(pending.allSatisfy { $0.isPending })
        let admitted = await withTaskGroup { group in
            for admission in pending {
                group.addTask { await admission.settled().isAdmitted ? 1 : 0 }
            }
            group.addTask {
                while self.source.requests.isEmpty { await Task.yield() }
                self.source.release()
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 100)
        // The first asks for one token, the second for all who came meanwhile; more only if somebody came still later.
        #expect(self.source.requests.count < 20)
    }

    @Test("a lease that is not spent in a second is void")
    func expiry() async throws {
        let limiter = self.limiter(try Limits.limit(20, isShared: true))
        let subject = try Limits.subject()
        #expect(await self.admitted(limiter, subject, of: 1) == 1)
        let asked = self.source.requests.count
        self.clock.advance(by: .seconds(1))
        #expect(limiter.admit(subject, .request, at: self.clock.now).isPending)
        #expect(self.source.requests.count == asked)
    }

    @Test("while the shared bucket is away the same rate holds here alone, and then all is as before")
    func away() async throws {
        let limiter = self.limiter(try Limits.limit(100, isShared: true))
        let subject = try Limits.subject()
        self.source.setAway(true)
        #expect(await self.admit(limiter, subject).isAdmitted)
        let asked = self.source.requests.count
        // From now on nobody is asked for a second.
        let decided = (0..<500).count { _ in limiter.admits(subject, at: self.clock.now) }
        #expect(decided == 99)
        #expect(self.source.requests.count == asked)
        #expect(self.metric("limit_alone_total", "limit=\"per_tenant\"") == "501")
        #expect(self.metric("limit_leases_total", "limit=\"per_tenant\",result=\"unreachable\"") == "1")
        self.clock.advance(by: .seconds(1))
        self.source.setAway(false)
        #expect(limiter.admit(subject, .request, at: self.clock.now).isPending)
        #expect(await self.admitted(limiter, subject, of: 200) == 100)
        #expect(self.metric("limit_alone_total", "limit=\"per_tenant\"") == "501")
    }

    @Test("an outage does not begin with a full bucket")
    func outage() async throws {
        let limiter = self.limiter(try Limits.limit(100, per: 3600, isShared: true))
        let subject = try Limits.subject()
        #expect(await self.admitted(limiter, subject, of: 80) == 80)
        self.source.setAway(true)
        #expect(await self.admitted(limiter, subject, of: 200) == 20)
    }

    @Test("a local limit that refuses costs no question, and a shared one gives its token back")
    func mixed() async throws {
        let subject = try Limits.subject()
        let limits = [try Limits.limit("shared", 100, isShared: true), try Limits.limit("local", 10)]
        for limits in [limits, limits.reversed()] {
            let source = FakeLeaseSource(now: self.clock.clocks.now)
            let limiter = RateLimiter(limits, source: source, metrics: self.registry, clocks: self.clock.clocks)
            #expect(await self.admitted(limiter, subject, of: 1000) == 10)
            // At most the ten that were admitted and one lease more.
            #expect(source.requests.reduce(0) { $0 + $1.tokens } <= 10 + 8)
        }
    }

    @Test("several shared limits are waited for one after the other, and refuse together")
    func several() async throws {
        let limiter = self.limiter(
            try Limits.limit("a", by: [], 5, per: 60, isShared: true),
            try Limits.limit("b", by: [.tenant], 3, per: 60, isShared: true)
        )
        let acme = try Limits.subject()
        #expect(await self.admitted(limiter, acme, of: 50) == 3)
        let refused = await self.admit(limiter, acme)
        #expect(refused.parts.state?.policy.name == "b" && refused.parts.retryAfter == 20)
        #expect(await self.admitted(limiter, try Limits.subject("beta"), of: 50) == 2)
    }

    @Test("a hundred tasks over two replicas never get more than the bucket gave")
    func load() async throws {
        let limit = try Limits.limit(1000, isShared: true)
        let clocks = Clocks.system
        let source = FakeLeaseSource(now: clocks.now)
        let replicas = (0..<2).map { _ in
            RateLimiter([limit], source: source, metrics: self.registry, clocks: clocks)
        }
        let subject = try Limits.subject()
        let start = NIODeadline.now()
        let admitted = await withTaskGroup { group in
            for task in 0..<100 {
                group.addTask {
                    var admitted = 0
                    for _ in 0..<500 {
                        let admission = replicas[task % 2].admit(subject, .request, at: .now())
                        if await admission.settled().isAdmitted { admitted += 1 }
                    }
                    return admitted
                }
            }
            return await group.reduce(0, +)
        }
        let elapsed = (NIODeadline.now() - start).nanoseconds
        #expect(admitted <= 1000 + Int(elapsed / 1_000_000))
        #expect(admitted >= 900)
    }
}
