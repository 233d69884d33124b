import AmbassadorCore
import NIOCore
import Synchronization

/// The refused requests of callers who were not identified, until the writing thread takes their sums.
///
/// It takes them about once a second. While it cannot, they are summed on: nothing is lost, and there are never more of them than
/// so many addresses times the kinds of refusal; the details of errors are told apart as long as there are few rows.
final class RefusalSums: Sendable {
    private struct Key: Hashable {
        let client: String?
        let kind: Refusal.Kind?
        let detail: ErrorDetail?
    }

    private struct State {
        var sums: [Key: AuditRecord] = [:]
        var clients: Set<String?> = []
        var opened: NIODeadline?
        var isClosed = false
    }

    /// The addresses that are told apart at once; all further ones are one.
    static let clientsMax = 64
    /// With so many rows at once, further ones are made without the details of errors.
    static let detailedMax = 256
    /// What stands in place of the further ones' address.
    static let otherClients = "others"
    private static let interval: TimeAmount = .seconds(1)

    private let signal: WriterSignal
    private let state = Mutex(State())

    init(signal: WriterSignal) {
        self.signal = signal
    }

    /// Adds a refused request.
    ///
    /// - Returns: `false` where the file was closed for good and it went nowhere.
    func add(_ refusal: AuditRecord) -> Bool {
        let (isTaken, isFirst) = self.state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            let isKnown = state.clients.contains(refusal.clientAddress) || state.clients.count < Self.clientsMax
            let client = isKnown ? refusal.clientAddress : Self.otherClients
            if isKnown { state.clients.insert(client) }
            var key = Key(client: client, kind: refusal.errorKind, detail: refusal.errorDetail)
            if state.sums[key] == nil, state.sums.count >= Self.detailedMax {
                key = Key(client: client, kind: refusal.errorKind, detail: nil)
            }
            if let count = state.sums[key]?.count {
                state.sums[key]?.count = count + 1
                return (true, false)
            }
            state.sums[key] = Self.first(refusal, from: client, key.detail)
            defer { state.opened = state.opened ?? .now() }
            return (true, state.opened == nil)
        }
        if isFirst { self.signal.notify(urgent: false) }
        return isTaken
    }

    /// When the sums are to be taken; `nil` while there are none.
    var due: NIODeadline? { self.state.withLock { $0.opened.map { $0 + Self.interval } } }

    /// Hands the sums over, where they are due or somebody is in a hurry.
    func take(inHurry: Bool) -> [AuditRecord] {
        self.state.withLock { state in
            guard let opened = state.opened, inHurry || .now() >= opened + Self.interval else { return [] }
            defer { Self.empty(&state) }
            return state.sums.values.sorted { $0.time < $1.time }
        }
    }

    /// Takes nothing any more, unless something has come in the meantime.
    func closeIfEmpty() -> Bool {
        self.state.withLock { state in
            guard state.sums.isEmpty else { return false }
            state.isClosed = true
            return true
        }
    }

    private static func empty(_ state: inout State) {
        state.sums.removeAll(keepingCapacity: true)
        state.clients.removeAll(keepingCapacity: true)
        state.opened = nil
    }

    /// The record of the first one, without what its caller may choose freely: names would otherwise grow in number with every guess.
    private static func first(
        _ refusal: AuditRecord,
        from client: String?,
        _ detail: ErrorDetail?
    ) -> AuditRecord {
        var record = refusal
        record.subject = AuditSubject(
            .init(route: refusal.route, tenant: refusal.tenant, clientAddress: client, errorDetail: detail)
        )
        record.count = 1
        return record
    }
}
