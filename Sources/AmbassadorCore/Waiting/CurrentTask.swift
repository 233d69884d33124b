/// The task that asks.
enum CurrentTask {
    /// Where the task prefers to run: an event loop for the work of a connection, `nil` for a task that runs anywhere.
    static var executor: (any TaskExecutor)? {
        withUnsafeCurrentTask { $0?.unownedTaskExecutor?.asTaskExecutor() }
    }
}
