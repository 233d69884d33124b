package import AmbassadorCore
import Synchronization

/// An audit log that keeps its records in memory, bounded if a test says so.
package final class RecordingAuditLog: AuditLog {
    private struct State {
        var records: [AuditRecord] = []
        var places: Int
        var isFailing = false
    }

    package let durability: AuditDurability
    private let state: Mutex<State>

    /// Makes a log that takes so many records before it is full.
    package init(durability: AuditDurability = .batched, places: Int = .max) {
        self.durability = durability
        self.state = Mutex(State(places: places))
    }

    /// The records so far, in order.
    package var records: [AuditRecord] { self.state.withLock { $0.records } }

    /// Makes every later commit fail.
    package func fail() {
        self.state.withLock { $0.isFailing = true }
    }

    package func reserve() -> Bool {
        self.state.withLock { state in
            guard state.places > 0 else { return false }
            state.places -= 1
            return true
        }
    }

    package func reserveWaiting() async -> Bool { self.reserve() }

    package func record(_ record: AuditRecord) {
        self.state.withLock { $0.records.append(record) }
    }

    package func recordCommitted(_ record: AuditRecord) async -> Bool {
        self.state.withLock { state in
            guard !state.isFailing else { return false }
            state.records.append(record)
            return true
        }
    }
}
