import AmbassadorTesting
import NIOCore
import Testing

@testable import AmbassadorCore

@Suite("A stream and its readers") struct StreamRelayTests {
    private static func record(_ text: String) -> StreamRecord {
        StreamRecord(bytes: ByteBuffer(string: text + "\n\n"))
    }

    private static func relay(
        isKept: Bool,
        kept: Int = 1 << 20,
        window: Int = 1 << 20,
        sleeper: Sleeper = .system
    ) -> StreamRelay {
        var limits = StreamLimits()
        limits.keptBytesMax = kept
        limits.windowBytes = window
        return StreamRelay(limits: limits, isKept: isKept, sleeper: sleeper)
    }

    private static func text(_ batch: StreamRelay.Batch) -> String {
        switch batch {
        case .records(let records, let end):
            String(buffer: records.bytes(for: EscapedSessionID(""))) + (end == nil ? "" : "(end)")
        case .ended(let end): end.isCut ? "(cut)" : "(ended)"
        case .left(let departure): "(left: \(departure))"
        }
    }

    private static func next(_ relay: StreamRelay, _ reader: UInt64) async -> String {
        Self.text(await relay.next(for: reader, until: .distantFuture))
    }

    @Test("whoever joins while it runs reads it from the first record, in order")
    func join() async throws {
        let relay = Self.relay(isKept: true)
        let first = try #require(relay.join())
        relay.open()
        _ = await relay.append(Self.record("a"))
        #expect(await Self.next(relay, first) == "a\n\n")
        async let waiting = Self.next(relay, first)
        _ = await relay.append(Self.record("b"))
        #expect(await waiting == "b\n\n")
        let second = try #require(relay.join())
        #expect(await Self.next(relay, second) == "a\n\nb\n\n")
        relay.finish(Self.record("c"), StreamEnd())
        #expect(await Self.next(relay, first) == "c\n\n(end)")
        #expect(await Self.next(relay, second) == "c\n\n(end)")
        #expect(relay.join() == nil)
        #expect(relay.keptRecords?.count == 3)
    }

    @Test("a cut is not an end: the readers get what came and are told")
    func cut() async throws {
        let relay = Self.relay(isKept: true)
        let reader = try #require(relay.join())
        relay.open()
        _ = await relay.append(Self.record("a"))
        relay.finish(nil, StreamEnd(failure: FetchFailure(.connectionLost(UpstreamCause(.closed))), isCut: true))
        #expect(await Self.next(relay, reader) == "a\n\n")
        #expect(await Self.next(relay, reader) == "(cut)")
    }

    @Test("what is too long to be kept is passed on within the window, and nobody joins it any more")
    func window() async throws {
        let relay = Self.relay(isKept: true, kept: 500, window: 800)
        let slow = try #require(relay.join())
        let quick = try #require(relay.join())
        relay.open()
        let long = String(repeating: "x", count: 300)
        #expect(await relay.append(Self.record("0" + long)) == false)
        #expect(await Self.next(relay, quick).first == "0")
        #expect(await relay.append(Self.record("1" + long)) == false)
        #expect(relay.keptRecords == nil)
        #expect(relay.join() == nil)
        #expect(await Self.next(relay, quick) == "1\(long)\n\n")
        let producer = Task { await relay.append(Self.record("2" + long)) }
        // The quick reader alone does not let LangFlow go on.
        #expect(await Self.next(relay, quick) == "2\(long)\n\n")
        #expect(await Self.next(relay, slow) == "0\(long)\n\n1\(long)\n\n2\(long)\n\n")
        #expect(await producer.value)
        relay.finish(Self.record("3"), StreamEnd())
        #expect(await Self.next(relay, slow) == "3\n\n(end)")
        #expect(await Self.next(relay, quick) == "3\n\n(end)")
    }

    @Test("a reader that is a window behind for too long is dropped, and the others go on", .timeLimit(.minutes(1)))
    func laggards() async throws {
        let clock = MockClock()
        let relay = Self.relay(isKept: true, kept: 500, window: 800, sleeper: clock.sleeper)
        let (slow, quick) = (try #require(relay.join()), try #require(relay.join()))
        relay.open()
        let long = String(repeating: "x", count: 300)
        for number in 0..<2 {
            _ = await relay.append(Self.record("\(number)" + long))
            #expect(await Self.next(relay, quick).first == "\(number)".first)
        }
        let deadline = clock.now.advanced(by: .seconds(5))
        let producer = Task {
            await relay.append(Self.record("2" + long)) { isAlone in isAlone ? .distantFuture : deadline }
        }
        await clock.waitForTimers(1)
        clock.advance(by: .seconds(5))
        #expect(await producer.value)
        #expect(await Self.next(relay, quick) == "2\(long)\n\n")
        #expect(await Self.next(relay, slow) == "(left: cancellation)")
        relay.finish(Self.record("3"), StreamEnd())
        #expect(await Self.next(relay, quick) == "3\n\n(end)")
        relay.leave(slow)
        #expect(relay.call(carriedBy: slow, at: clock.now) == nil)
        #expect(relay.call(carriedBy: quick, at: clock.now) != nil)
    }

    @Test("a stream whose only reader reads no more is given up, and the call is the reader's", .timeLimit(.minutes(1)))
    func onlyLaggard() async throws {
        let clock = MockClock()
        let relay = Self.relay(isKept: false, window: 100, sleeper: clock.sleeper)
        let reader = try #require(relay.join())
        let cancelled = OneShot<Void>()
        relay.attach(
            Task {
                await withTaskCancellationHandler {
                    await cancelled.value()
                } onCancel: {
                    cancelled.deliver(())
                }
            }
        )
        #expect(relay.beginCall(at: clock.now))
        relay.open()
        let deadline = clock.now.advanced(by: .seconds(30))
        let producer = Task {
            await relay.append(Self.record(String(repeating: "x", count: 200))) { isAlone in
                isAlone ? deadline : .distantFuture
            }
        }
        await clock.waitForTimers(1)
        clock.advance(by: .seconds(30))
        #expect(await producer.value)
        #expect(await Self.next(relay, reader) == "(left: cancellation)")
        relay.leave(reader)
        #expect(relay.call(carriedBy: reader, at: clock.now)?.microseconds == 30_000_000)
    }

    @Test("the producer is not kept waiting by a reader that leaves, nor when it is cancelled")
    func leaving() async throws {
        let relay = Self.relay(isKept: false, window: 100)
        let reader = try #require(relay.join())
        relay.open()
        let producer = Task { await relay.append(Self.record(String(repeating: "x", count: 200))) }
        relay.attach(Task {})
        relay.leave(reader)
        _ = await producer.value
        let other = Self.relay(isKept: false, window: 100)
        _ = try #require(other.join())
        other.open()
        let cancelled = Task { await other.append(Self.record(String(repeating: "x", count: 200))) }
        cancelled.cancel()
        _ = await cancelled.value
    }

    @Test(
        "LangFlow is told to stop once nobody reads what will not be kept, and goes on where it will",
        arguments: [true, false]
    )
    func givingUp(isKept: Bool) async throws {
        let relay = Self.relay(isKept: isKept)
        let reader = try #require(relay.join())
        let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await withTaskCancellationHandler {
                for await _ in stopped { return }
            } onCancel: {
                stop.yield()
            }
        }
        relay.attach(task)
        relay.leave(reader)
        #expect(task.isCancelled == !isKept)
        stop.finish()
        await task.value
    }

    @Test("a reader's own patience ends its wait and nobody else's")
    func patience() async throws {
        let clock = MockClock()
        let relay = StreamRelay(limits: StreamLimits(), isKept: true, sleeper: clock.sleeper)
        let hasty = try #require(relay.join())
        let patient = try #require(relay.join())
        relay.open()
        async let left = relay.next(for: hasty, until: clock.now.advanced(by: .seconds(1)))
        async let batch = relay.next(for: patient, until: clock.now.advanced(by: .seconds(9)))
        await clock.waitForTimers(2)
        clock.advance(by: .seconds(2))
        #expect(Self.text(await left) == "(left: deadline)")
        _ = await relay.append(Self.record("a"))
        #expect(Self.text(await batch) == "a\n\n")
    }

    @Test("a crowd of readers at random paces gets every record in order", arguments: [true, false])
    func crowd(isKept: Bool) async throws {
        let relay = Self.relay(isKept: true, kept: isKept ? 1 << 20 : 2_000, window: 1_000)
        let readers = try (0..<50).map { _ in try #require(relay.join()) }
        relay.open()
        let expected = (0..<500).map { "{\"n\": \($0)}\n\n" }.joined()
        let texts = await withTaskGroup(of: String.self) { group in
            for (number, reader) in readers.enumerated() {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(number))
                    var text = ""
                    while true {
                        if Bool.random(using: &generator) { await Task.yield() }
                        switch await relay.next(for: reader, until: .distantFuture) {
                        case .records(let records, let end):
                            text += String(buffer: records.bytes(for: EscapedSessionID("")))
                            if end != nil { return text }
                        case .ended, .left: return text
                        }
                    }
                }
            }
            group.addTask {
                for number in 0..<499 { _ = await relay.append(Self.record("{\"n\": \(number)}")) }
                relay.finish(Self.record("{\"n\": 499}"), StreamEnd())
                return expected
            }
            var texts: Set<String> = []
            for await text in group { texts.insert(text) }
            return texts
        }
        #expect(texts == [expected])
    }
}
