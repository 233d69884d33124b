import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("How a flow's callers use sessions")
struct SessionHabitsTests {
    private let tenant = TenantID.default

    private func note(
        _ habits: SessionHabits,
        _ session: String,
        _ request: Int,
        at now: NIODeadline = .uptimeNanoseconds(0)
    ) throws -> SessionHabits.Finding? {
        habits.note(
            try #require(SessionID(session)),
            of: self.tenant,
            flowID(1),
            receivedAt: .uptimeNanoseconds(UInt64(request)),
            at: now
        )
    }

    @Test("sessions that come once are said once an hour, and never of too few or of a chat's")
    func once() throws {
        let habits = SessionHabits(label: "faq", registry: MetricRegistry())
        var findings: [SessionHabits.Finding] = []
        for index in 0..<SessionHabits.sessionsMin - 1 {
            #expect(try self.note(habits, "s\(index)", index) == nil)
        }
        #expect(habits.onceShare == 0)
        for index in SessionHabits.sessionsMin..<400 {
            if let finding = try self.note(habits, "s\(index)", index) { findings.append(finding) }
        }
        #expect(findings == [SessionHabits.Finding(onceShare: 1, sessions: SessionHabits.sessionsMin)])
        #expect(habits.onceShare == 1)
        let later = NIODeadline.uptimeNanoseconds(0) + .hours(2)
        for index in 0..<200 {
            if let finding = try self.note(habits, "t\(index)", index, at: later) { findings.append(finding) }
        }
        #expect(findings.count == 2)
        let chat = SessionHabits(label: "chat", registry: MetricRegistry())
        for turn in 0..<3 {
            for index in 0..<90 { #expect(try self.note(chat, "c\(index)", 1_000 * turn + index) == nil) }
        }
        for index in 90..<150 { #expect(try self.note(chat, "c\(index)", 5_000 + index) == nil) }
        #expect(chat.onceShare == 1 - 90.0 / 150)
    }

    @Test("a request that is planned twice is one request")
    func twice() throws {
        let habits = SessionHabits(label: "faq", registry: MetricRegistry())
        for index in 0..<SessionHabits.sessionsMin {
            for _ in 0..<2 { _ = try self.note(habits, "s\(index)", index) }
        }
        #expect(habits.onceShare == 1)
    }

    @Test("however many sessions there are, a sample of them is kept, whose share is theirs")
    func bounded() throws {
        let habits = SessionHabits(label: "faq", registry: MetricRegistry())
        for index in 0..<50_000 { _ = try self.note(habits, "s\(index)", index) }
        // Every other one comes again.
        for index in stride(from: 0, to: 50_000, by: 2) { _ = try self.note(habits, "s\(index)", 100_000 + index) }
        #expect(habits.sampled <= SessionHabits.sampledMax)
        #expect(habits.sampled > SessionHabits.sampledMax / 4)
        #expect(abs(habits.onceShare - 0.5) < 0.15)
    }

    @Test("a session that was made up for a hit is known again, and no other is")
    func unseen() throws {
        let fresh = SessionID.fresh()
        #expect(!fresh.isUnseen)
        #expect(fresh.unseen.isUnseen)
        #expect(fresh.unseen.description != fresh.description)
        let told = try #require(SessionID(SessionID.unseen().description))
        #expect(told.isUnseen)
        for text in ["alice", "", "00000000-0000-4000-8000-000000000001", told.description.uppercased() + "x"] {
            #expect(SessionID(text)?.isUnseen != true)
        }
        #expect(try #require(SessionID("alice")).unseen.description == "alice")
        for _ in 0..<1_000 {
            let text = SessionID.fresh().description
            #expect(CustomUUID(text)?.description == text)
        }
    }
}
