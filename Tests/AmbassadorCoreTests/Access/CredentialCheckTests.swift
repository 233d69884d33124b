import AmbassadorTesting
import Dispatch
import Testing

@testable import AmbassadorCore

@Suite("Verdicts that take long")
struct CredentialCheckTests {
    /// Says what it is told to, and counts how often it is asked.
    private struct Judge: Authenticator {
        let verdict: @Sendable () -> Authentication

        func authenticate(_ credential: Credential, at time: Timestamp) -> Authentication { self.verdict() }
    }

    private static let time = Timestamp(milliseconds: 0)
    private static let ada = Caller(principal: "ada", tenant: nil, permissions: .all)

    private func outcome(
        _ work: CallerWork = CallerWork(),
        _ verdict: @escaping @Sendable () -> Authentication
    ) async -> Result<String, CredentialFault> {
        let check = CredentialCheck(Judge(verdict: verdict), work: work)
        do throws(CredentialRejection) {
            return .success(try await check.waitForCaller(showing: .none, from: "192.0.2.1", at: Self.time).principal)
        } catch {
            return .failure(error.fault)
        }
    }

    @Test("what has to be waited for is told of at once, and waited for when asked")
    func waiting() async throws {
        let ada = Self.ada
        let check = CredentialCheck(Judge { .pending { .laborious { .accepted(ada) } } })
        #expect(try check.caller(showing: .none, at: Self.time) == nil)
        #expect(await self.outcome { .pending { .laborious { .accepted(ada) } } } == .success("ada"))
        #expect(await self.outcome { .laborious { .pending { .rejected(.signature) } } } == .failure(.signature))
        #expect(await self.outcome { .rejected(.expired) } == .failure(.expired))
    }

    @Test("long work is done by its own threads, and where too much waits the credential is not checked")
    func queue() async throws {
        let ada = Self.ada
        let work = CallerWork(threadsMax: 1, waitingMax: 1)
        let (started, gate) = (OneShot<Void>(), DispatchSemaphore(value: 0))
        let first = Task {
            await self.outcome(work) {
                .laborious {
                    started.deliver(())
                    gate.wait()
                    return .accepted(ada)
                }
            }
        }
        await started.value()
        let second = Task { await self.outcome(work) { .laborious { .accepted(ada) } } }
        try await eventually { work.waiting == 1 }
        #expect(await self.outcome(work) { .laborious { .accepted(ada) } } == .failure(.overloaded))
        gate.signal()
        #expect(await first.value == .success("ada"))
        #expect(await second.value == .success("ada"))
    }

    @Test("verdicts that lead from one to the next without end are an end all the same")
    func endless() async {
        @Sendable func again() -> Authentication { .pending { again() } }
        #expect(await self.outcome { again() } == .failure(.keysUnavailable))
    }
}
