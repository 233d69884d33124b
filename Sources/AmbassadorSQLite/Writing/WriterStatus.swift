import Synchronization

/// What the rest of the process and the writing thread tell each other about its life.
final class WriterStatus: Sendable {
    private struct State {
        var isStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let writable = Atomic<Bool>(true)
    private let filesLost = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private let unwritten = Atomic<Int>(0)
    private let late = Atomic<Int>(0)
    private let state = Mutex(State())

    /// Whether the last transaction could be written.
    var isWritable: Bool {
        get { self.writable.load(ordering: .relaxed) }
        set { self.writable.store(newValue, ordering: .relaxed) }
    }

    /// Records that a stop gave up, since they could not be written.
    var unwrittenCount: Int { self.unwritten.load(ordering: .relaxed) }
    /// Records that came after the file was closed.
    var lateCount: Int { self.late.load(ordering: .relaxed) }

    func noteUnwritten(_ count: Int) {
        self.unwritten.add(count, ordering: .relaxed)
    }

    func noteLate() {
        self.late.add(1, ordering: .relaxed)
    }

    /// Whether that is because the names of the files lead elsewhere.
    var areFilesLost: Bool {
        get { self.filesLost.load(ordering: .relaxed) }
        set { self.filesLost.store(newValue, ordering: .relaxed) }
    }

    var isStopping: Bool { self.stopping.load(ordering: .sequentiallyConsistent) }

    func askToStop() {
        self.stopping.store(true, ordering: .sequentiallyConsistent)
    }

    /// Returns once the writing thread has closed the file.
    func waitUntilStopped() async {
        await withCheckedContinuation { continuation in
            let isStopped = self.state.withLock { state in
                if !state.isStopped { state.waiters.append(continuation) }
                return state.isStopped
            }
            if isStopped { continuation.resume() }
        }
    }

    func stopped() {
        let waiters = self.state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
