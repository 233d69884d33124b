#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread that runs one function to its end.
enum DedicatedThread {
    /// Starts a thread whose nice value is `niceness`, so that it yields to the event loops; Linux has one for each thread.
    ///
    /// - Returns: 0, or the error number of `pthread_create`.
    static func start(niceness: Int32, _ body: sending @escaping () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Body(run: body, niceness: niceness))
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let code = pthread_create(&thread, nil, threadMain, box.toOpaque())
        guard code == 0 else {
            box.release()
            return code
        }
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
        return 0
    }

    fileprivate final class Body {
        let run: () -> Void
        let niceness: Int32

        init(run: @escaping () -> Void, niceness: Int32) {
            self.run = run
            self.niceness = niceness
        }
    }
}

#if canImport(Darwin)
private func threadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    runBody(argument)
    return nil
}
#else
private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { runBody(argument) }
    return nil
}
#endif

private func runBody(_ argument: UnsafeMutableRawPointer) {
    let body = Unmanaged<DedicatedThread.Body>.fromOpaque(argument).takeRetainedValue()
    #if os(Linux)
    // Zero means the calling thread to Linux, not its process. Where it is refused the thread only runs as eagerly as the rest.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, body.niceness)
    #endif
    body.run()
}
