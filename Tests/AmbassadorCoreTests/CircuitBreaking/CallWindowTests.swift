import NIOCore
import Testing

@testable import AmbassadorCore

@Suite struct CallWindowTests {
    private func moment(_ seconds: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000) }

    @Test("what is older than the window is forgotten slice by slice")
    func forgetting() {
        var window = CallWindow(length: .seconds(60))
        window.count(at: self.moment(100), isFailure: true, isSlow: false)
        window.count(at: self.moment(130), isFailure: false, isSlow: true)
        #expect(window.total == .init(calls: 2, failures: 1, slow: 1))
        window.count(at: self.moment(159), isFailure: false, isSlow: false)
        #expect(window.total == .init(calls: 3, failures: 1, slow: 1))
        window.count(at: self.moment(160), isFailure: false, isSlow: false)
        #expect(window.total == .init(calls: 3, failures: 0, slow: 1))
        window.count(at: self.moment(10_000), isFailure: false, isSlow: false)
        #expect(window.total == .init(calls: 1, failures: 0, slow: 0))
    }

    @Test("a thread that reads the clock a little earlier counts with the latest slice")
    func racing() {
        var window = CallWindow(length: .seconds(60))
        window.count(at: self.moment(100), isFailure: false, isSlow: false)
        window.count(at: self.moment(94), isFailure: true, isSlow: false)
        window.count(at: self.moment(159), isFailure: false, isSlow: false)
        #expect(window.total == .init(calls: 3, failures: 1, slow: 0))
    }

    @Test("a window of no length is harmless")
    func none() {
        var window = CallWindow(length: .zero)
        window.count(at: self.moment(1), isFailure: true, isSlow: true)
        window.count(at: self.moment(2), isFailure: true, isSlow: true)
        #expect(window.total.calls == 1)
    }
}
