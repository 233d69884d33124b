/// Work whose time grows with the bytes that it is done on, such as parsing or hashing them.
package enum LongWork {
    /// What an event loop may work on by itself: some tenths of a millisecond at the slowest, which is reading JSON.
    static let bytesOnLoopMax = 64 << 10

    /// Whether work on so many bytes is done where it comes up, an event loop included.
    package static func isShort(_ byteCount: Int) -> Bool { byteCount <= Self.bytesOnLoopMax }

    /// Does the work where the task stands or, where it takes long, on a thread that no connection waits for.
    package static func run<Value: Sendable, Failure: Error>(
        on byteCount: Int,
        _ work: @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if Self.isShort(byteCount) { return try work() }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(Failure) in try work() }
    }
}
