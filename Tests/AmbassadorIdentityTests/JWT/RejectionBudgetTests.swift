import AmbassadorCore
import AmbassadorTesting
import NIOCore
import Synchronization
import Testing

@testable import AmbassadorIdentity

@Suite("How long rejected tokens may hold event loops")
struct RejectionBudgetTests {
    private static func moment(_ milliseconds: UInt64) -> NIODeadline {
        .uptimeNanoseconds((1_000 + milliseconds) * 1_000_000)
    }

    @Test("it is used up by what rejected tokens took, and wears off at a fiftieth of the time that passes")
    func wearsOff() {
        let budget = RejectionBudget()
        #expect(budget.hasRoom(at: Self.moment(0)))
        budget.charge(.microseconds(1_999), at: Self.moment(0))
        #expect(budget.hasRoom(at: Self.moment(0)))
        budget.charge(.microseconds(2), at: Self.moment(0))
        #expect(!budget.hasRoom(at: Self.moment(0)))
        budget.charge(.microseconds(999), at: Self.moment(0))
        // Three milliseconds, of which one has to wear off.
        #expect(!budget.hasRoom(at: Self.moment(50)))
        #expect(budget.hasRoom(at: Self.moment(51)))
    }

    @Test("an hour that it took to check one is forgotten within a second or so")
    func bounded() {
        let budget = RejectionBudget()
        budget.charge(.hours(1), at: Self.moment(0))
        #expect(!budget.hasRoom(at: Self.moment(1_000)))
        #expect(budget.hasRoom(at: Self.moment(1_001)))
    }

    @Test("a clock that another thread read a little earlier takes nothing back")
    func races() {
        let budget = RejectionBudget()
        budget.charge(.milliseconds(3), at: Self.moment(100))
        #expect(!budget.hasRoom(at: Self.moment(0)))
        #expect(!budget.hasRoom(at: Self.moment(149)))
        #expect(budget.hasRoom(at: Self.moment(151)))
    }

    /// A clock on which each look takes a while.
    private final class SlowClock: Sendable {
        let step = Mutex(Duration.zero)
        private let time = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000))

        func advance(by duration: Duration) { self.time.withLock { $0 = $0.advanced(by: duration) } }

        var clocks: Clocks {
            Clocks(
                now: {
                    self.advance(by: self.step.withLock { $0 })
                    return self.time.withLock { $0 }
                },
                wall: { Timestamp(milliseconds: TokenForge.now * 1_000) }
            )
        }
    }

    @Test(
        "a stranger's signatures hold no event loop beyond the budget; remembered and good tokens are accepted all the while"
    )
    func flood() async throws {
        let forge = TokenForge(keys: try TestKeys.shared.get())
        let clock = SlowClock()
        let configuration = try IssuerConfiguration(
            issuer: TokenForge.issuer,
            algorithms: [.es256],
            keys: .publicKeys([try PEMKey(try forge.keys.pem(.es256), id: "ec")]),
            audience: [TokenForge.audience]
        )
        let authenticator = try JWTAuthenticator(issuers: [configuration], clocks: clock.clocks, logger: .silent)
        func judge(_ token: String) -> Authentication {
            authenticator.authenticate(.bearer(Secret(token)), at: clock.clocks.wall())
        }
        let remembered = try forge.token()
        #expect(judge(remembered).caller != nil)
        // Each takes a millisecond.
        clock.step.withLock { $0 = .milliseconds(1) }
        var atOnce = 0
        var apart = 0
        for number in 0..<100 {
            let forged = forge.token(.es256, kid: "ec", signature: [UInt8](repeating: UInt8(number + 1), count: 64))
            switch judge(forged) {
            case .rejected(let rejection):
                #expect(rejection == CredentialRejection(.signature, issuer: TokenForge.issuer))
                atOnce += 1
            case .laborious(let work):
                #expect(work().fault == .signature)
                apart += 1
            case .accepted, .pending:
                Issue.record("a forged token was not judged")
            }
        }
        #expect(atOnce + apart == 100)
        // Two milliseconds at once, and two of each hundred that pass.
        #expect((2...7).contains(atOnce))
        #expect(judge(remembered).caller != nil)
        // One that takes seconds uses up all that there can be.
        clock.step.withLock { $0 = .seconds(2) }
        while case .laborious = judge(forge.token(.es256, kid: "ec", signature: [UInt8](repeating: 255, count: 64))) {}
        clock.step.withLock { $0 = .zero }
        let good = try forge.token("jti", "\"another\"")
        guard case .laborious(let work) = judge(good) else {
            Issue.record("a token that is not remembered was judged on the loop")
            return
        }
        #expect(work().caller?.principal == "alice")
        #expect(judge(good).caller != nil)
        clock.advance(by: .seconds(2))
        #expect(judge(try forge.token("jti", "\"a third\"")).caller != nil)
    }
}
