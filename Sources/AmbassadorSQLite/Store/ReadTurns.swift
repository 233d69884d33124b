import AmbassadorCore
import DequeModule
import NIOCore
import Synchronization

/// Lets so many look-ups go to the readers at once; the others wait for their turn, in the order in which they came.
///
/// A look-up that is turned away says nothing of what is stored, so it waits as long as its request may.
final class ReadTurns: Sendable {
    /// The most that wait; each is a request that has a connection of its own.
    static let waitingMax = 65_536

    private struct State {
        var running = 0
        var waiting = Deque<(number: UInt64, turn: OneShot<Bool>)>()
        var lastNumber: UInt64 = 0
    }

    private let runningMax: Int
    private let sleeper: Sleeper
    private let state = Mutex(State())

    init(runningMax: Int, sleeper: Sleeper = .system) {
        self.runningMax = runningMax
        self.sleeper = sleeper
    }

    /// Waits for a turn, which is to be given back.
    ///
    /// - Returns: `false` where the deadline passes or the task is cancelled first, or where as many wait as may.
    func take(until deadline: NIODeadline) async -> Bool {
        enum Place {
            case now
            case later(UInt64, OneShot<Bool>)
            case none
        }
        let place: Place = self.state.withLock { state in
            if state.running < self.runningMax {
                state.running += 1
                return .now
            }
            guard state.waiting.count < Self.waitingMax else { return .none }
            state.lastNumber += 1
            let turn = OneShot<Bool>()
            state.waiting.append((state.lastNumber, turn))
            return .later(state.lastNumber, turn)
        }
        switch place {
        case .now: return true
        case .none: return false
        case .later(let number, let turn):
            return await turn.value(until: deadline, sleeper: self.sleeper) { _ in self.leave(number) }
        }
    }

    /// Gives a turn to the next that waits.
    func giveBack() {
        let next: OneShot<Bool>? = self.state.withLock { state in
            if let next = state.waiting.popFirst() { return next.turn }
            state.running -= 1
            return nil
        }
        next?.deliver(true)
    }

    private func leave(_ number: UInt64) {
        let turn: OneShot<Bool>? = self.state.withLock { state in
            // By their numbers they are in order.
            var (low, high) = (0, state.waiting.count)
            while low < high {
                let middle = (low + high) / 2
                if state.waiting[middle].number < number { low = middle + 1 } else { high = middle }
            }
            guard low < state.waiting.count, state.waiting[low].number == number else { return nil }
            return state.waiting.remove(at: low).turn
        }
        turn?.deliver(false)
    }
}
