#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread that runs one function to its end.
enum DedicatedThread {
    /// Starts a thread.
    ///
    /// - Returns: 0, or the error number of `pthread_create`.
    static func start(_ body: sending @escaping () -> Void) -> Int32 {
        let box = Unmanaged.passRetained(Body(run: body))
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

        init(run: @escaping () -> Void) {
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
    body.run()
}
