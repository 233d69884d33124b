import AmbassadorCore
import NIOCore

/// The open connections of one event loop.
///
/// Belongs to that loop.
final class ConnectionTable {
    let eventLoop: any EventLoop
    /// Where what a connection has to wait for is run.
    let executor: LoopExecutor
    let encoding: ResponseEncoding
    let heads: HeadMemo
    /// The memory of answers that were sent, for the next ones of any connection; see ``OutputMemory``.
    var outputMemory = OutputMemory()
    /// What is remembered of hits; `nil` where every request is to go the way of all.
    let shortcuts: Shortcuts?
    /// The connections with answers that leave at the end of the loop's turn.
    private var flushes: [ConnectionHandler] = []
    let heldAnswers: HeldAnswers
    private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    private var drained: EventLoopPromise<Void>?

    init(eventLoop: any EventLoop, clocks: Clocks, limits: HTTPServerConfiguration = HTTPServerConfiguration()) {
        self.heads = HeadMemo(limits: limits)
        self.shortcuts = limits.takesShortcuts ? Shortcuts() : nil
        self.eventLoop = eventLoop
        self.heldAnswers = HeldAnswers(eventLoop: eventLoop)
        self.executor = LoopExecutor(eventLoop)
        self.encoding = ResponseEncoding(date: DateHeader(wall: clocks.wall))
    }

    var isDraining: Bool { self.drained != nil }

    func insert(_ connection: ConnectionHandler) {
        self.connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: ConnectionHandler) {
        self.connections[ObjectIdentifier(connection)] = nil
        if self.connections.isEmpty { self.drained?.succeed() }
    }

    /// Has a connection flushed once all that came with this turn of the loop has been looked at.
    ///
    /// Answers that leave together wake their readers once and not one after the other.
    func flushAtTurnEnd(_ connection: ConnectionHandler) {
        if self.flushes.isEmpty {
            let bound = NIOLoopBound(self, eventLoop: self.eventLoop)
            self.eventLoop.execute { bound.value.flushAll() }
        }
        self.flushes.append(connection)
    }

    private func flushAll() {
        // A flush may find a caller gone, but answers nobody: none is added meanwhile.
        for connection in self.flushes {
            connection.flush()
            // What the socket did not take, the caller has so long to read.
            if connection.isOutputBlocked { connection.armTimer() }
        }
        self.flushes.removeAll(keepingCapacity: true)
    }

    /// Closes a connection to make room for a new one: the one that has been idle for longest, else the one whose request has been on its
    /// way for longest.
    ///
    /// - Returns: Whether there was one.
    func closeLeast() -> Bool {
        let idle = self.connections.values.lazy.filter(\.isIdle)
        let receiving = self.connections.values.lazy.compactMap { connection in
            connection.receivingSince.map { (connection, since: $0) }
        }
        guard
            let least = idle.min(by: { $0.lastActive < $1.lastActive })
                ?? receiving.min(by: { $0.since < $1.since })?.0
        else { return false }
        least.input = .ended
        least.close()
        return true
    }

    /// Closes what is idle, lets the rest finish, and succeeds once all connections are closed.
    func drain() -> EventLoopFuture<Void> {
        if let drained = self.drained { return drained.futureResult }
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.drained = promise
        for connection in Array(self.connections.values) { connection.finishUp() }
        if self.connections.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    /// Closes all connections as they stand.
    func closeAll() {
        for connection in Array(self.connections.values) { connection.close() }
    }
}
