import Testing

@testable import AmbassadorHTTP

@Suite("Connection states") struct ConnectionStateTests {
    private enum Event: CaseIterable {
        case begin, head, headThatCloses, endSent, endUnsent, close
    }

    /// Applies an event; every event is possible in every state, and says what it was taken for.
    private static func apply(_ event: Event, to state: inout ConnectionState) -> String {
        switch event {
        case .begin: "\(state.begin())"
        case .head: "\(state.takeHead(isKeepAlive: true))"
        case .headThatCloses: "\(state.takeHead(isKeepAlive: false))"
        case .endSent: "\(state.takeEnd(isRequestSent: true))"
        case .endUnsent: "\(state.takeEnd(isRequestSent: false))"
        case .close: "\(state.close())"
        }
    }

    @Test("a connection is used again after a whole answer to a request that was sent, and then only")
    func reuse() {
        for (head, end, isReused) in [
            (Event.head, Event.endSent, true), (.head, .endUnsent, false), (.headThatCloses, .endSent, false),
        ] {
            var state = ConnectionState()
            let words = [Event.begin, head, end, .begin].map { Self.apply($0, to: &state) }
            #expect(words == ["true", "true", isReused ? "reuse" : "close", "\(isReused)"])
        }
    }

    @Test("no order of events is impossible, and none has a connection take two requests or live on after its end")
    func anyOrder() {
        let length = 6
        let events = Event.allCases
        for number in 0..<Int(pow(events.count, length)) {
            var state = ConnectionState()
            var (isTaken, isClosed, rest) = (false, false, number)
            for _ in 0..<length {
                let event = events[rest % events.count]
                rest /= events.count
                let word = Self.apply(event, to: &state)
                switch (event, word) {
                case (.begin, "true"):
                    #expect(!isTaken && !isClosed)
                    isTaken = true
                case (.endSent, "reuse"), (.endUnsent, "reuse"):
                    #expect(isTaken && !isClosed)
                    isTaken = false
                case (.endSent, "close"), (.endUnsent, "close"), (.close, "true"):
                    #expect(!isClosed)
                    isClosed = true
                default: break
                }
                #expect(!(isClosed && state.isAnswering))
            }
        }
    }

    private func pow(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { power, _ in power * base }
    }
}
