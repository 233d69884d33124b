package import NIOCore

/// Waits for a moment of the monotonic clock; injected, so that tests own time.
package struct Sleeper: Sendable {
    /// Returns once the moment has come and throws as soon as its task is cancelled.
    package typealias Wait = @Sendable (NIODeadline) async throws(CancellationError) -> Void
    /// Rings once the moment has come, unless the alarm is cancelled before.
    package typealias SetAlarm = @Sendable (NIODeadline, _ ring: @escaping @Sendable () -> Void) -> Alarm

    private let waitUntil: Wait
    private let setAlarm: SetAlarm

    /// - Parameters:
    ///   - waitUntil: what is slept with.
    ///   - setAlarm: what alarms are set with.
    package init(waitUntil: @escaping Wait, setAlarm: @escaping SetAlarm) {
        self.waitUntil = waitUntil
        self.setAlarm = setAlarm
    }

    /// Returns once the moment has come, at once where it is past.
    package func sleep(until deadline: NIODeadline) async throws(CancellationError) {
        try await self.waitUntil(deadline)
    }

    /// Has something short done once the moment has come.
    ///
    /// For deadlines, nearly all of which are cancelled: a task that sleeps would cost many times as much.
    package func alarm(at deadline: NIODeadline, _ ring: @escaping @Sendable () -> Void) -> Alarm {
        self.setAlarm(deadline, ring)
    }

    /// The machine's own timers.
    package static let system = Sleeper(waitUntil: Self.sleep) { deadline, ring in
        let task = Task {
            guard (try? await Self.sleep(until: deadline)) != nil else { return }
            ring()
        }
        return Alarm { task.cancel() }
    }

    /// The machine's own timers, with the alarms on event loops: on the one that sets an alarm, where it is one of them.
    package static func alarms(on group: any EventLoopGroup) -> Sleeper {
        Sleeper(waitUntil: Self.sleep) { deadline, ring in
            let scheduled = group.any().scheduleTask(deadline: deadline, ring)
            return Alarm { scheduled.cancel() }
        }
    }

    @Sendable private static func sleep(until deadline: NIODeadline) async throws(CancellationError) {
        while true {
            let left = NIODeadline.now().duration(to: deadline)
            guard left > .zero else { return }
            do {
                // In slices, since a cancelled sleep may keep its timer's memory until it would have fired.
                try await Task.sleep(for: min(left, .seconds(60)))
            } catch {
                throw CancellationError()
            }
        }
    }
}

/// Something that is done at a moment unless it is called off.
package struct Alarm: Sendable {
    private let callOff: @Sendable () -> Void

    /// - Parameter callOff: keeps the alarm from ringing where it has not rung; may come at any time, and twice.
    package init(callOff: @escaping @Sendable () -> Void) {
        self.callOff = callOff
    }

    /// Calls it off; it may be ringing just now.
    package func cancel() {
        self.callOff()
    }
}
