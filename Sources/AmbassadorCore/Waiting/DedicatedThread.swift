#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread that runs one function to its end.
package enum DedicatedThread {
    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - niceness: how far it stands back behind the process's other threads, from 0 to 19; where the system knows that of a
    ///     process only, it does not.
    ///   - body: what it runs.
    /// - Returns: 0, or the error number of `pthread_create`.
    package static func start(niceness: Int32 = 0, _ body: sending @escaping () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Body(niceness: niceness, run: body))
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

    /// Lets another thread have the core that waits for it, if there is one.
    package static func yield() {
        sched_yield()
    }

    fileprivate static func standBack(_ niceness: Int32) {
        // In Linux niceness is a thread's own, and 0 stands for the calling one. To be nicer is never refused.
        #if canImport(Glibc)
        setpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0, niceness)
        #elseif canImport(Musl)
        setpriority(PRIO_PROCESS, 0, niceness)
        #endif
    }

    fileprivate final class Body {
        let niceness: Int32
        let run: () -> Void

        init(niceness: Int32, run: @escaping () -> Void) {
            self.niceness = niceness
            self.run = run
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
    if body.niceness > 0 { DedicatedThread.standBack(body.niceness) }
    body.run()
}
