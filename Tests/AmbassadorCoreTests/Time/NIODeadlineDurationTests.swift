import AmbassadorCore
import NIOCore
import Testing

@Suite struct NIODeadlineDurationTests {
    @Test("a moment moves by a duration and stays within its range")
    func advanced() {
        let moment = NIODeadline.uptimeNanoseconds(1000)
        #expect(moment.advanced(by: .nanoseconds(5)) == .uptimeNanoseconds(1005))
        #expect(moment.advanced(by: .nanoseconds(-5)) == .uptimeNanoseconds(995))
        #expect(moment.advanced(by: .seconds(Int64.max)) == .distantFuture)
        #expect(NIODeadline.distantFuture.advanced(by: .seconds(1)) == .distantFuture)
        #expect(moment.advanced(by: .seconds(-1)) == .distantPast)
        #expect(NIODeadline.distantFuture.advanced(by: .zero) == .distantFuture)
    }

    @Test("the time between two moments has a sign")
    func duration() {
        let moment = NIODeadline.uptimeNanoseconds(1000)
        #expect(moment.duration(to: .uptimeNanoseconds(1500)) == .nanoseconds(500))
        #expect(moment.duration(to: .uptimeNanoseconds(500)) == .nanoseconds(-500))
    }
}
