import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct RepeatedComplaintTests {
    @Test("it is said at once, and then once a minute with how often it was") func often() {
        let complaint = RepeatedComplaint()
        let start = NIODeadline.uptimeNanoseconds(1)
        #expect(complaint.note(at: start) == 1)
        for _ in 0..<99 { #expect(complaint.note(at: start + .seconds(59)) == nil) }
        #expect(complaint.note(at: start + .seconds(60)) == 100)
        #expect(complaint.note(at: start + .seconds(61)) == nil)
    }
}
