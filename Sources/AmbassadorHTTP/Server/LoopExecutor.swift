import NIOCore

/// Runs tasks on an event loop: the work of a connection then changes no thread but where it waits for one.
///
/// A hand-over between threads wakes the other one, which takes longer than most of what is handed over.
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
