#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to change a key file: `flock` on a file beside it, which the kernel drops with the process.
///
/// The key file itself cannot be locked, since every change puts another file in its place. The file of the lock stays, because
/// another process might have opened it just before.
final class APIKeyFileLock: Sendable {
    private let descriptor: Int32

    private static let attemptsMax = 250
    private static let pauseMicroseconds: UInt32 = 20_000

    /// Takes the lock; waits up to five seconds for a command that has it.
    init(forKeys path: String) throws(APIKeyFileError) {
        let file = (APIKeyFile.resolved(path) ?? path) + ".lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: "cannot be locked: \(file): \(APIKeyFile.reason(errno))")
        }
        for attempt in 1... {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR, attempt < Self.attemptsMax else {
                close(descriptor)
                let reason = code == EWOULDBLOCK ? "another command is changing it" : APIKeyFile.reason(code)
                throw .unusable(path: path, reason: "cannot be locked: \(reason)")
            }
            usleep(Self.pauseMicroseconds)
        }
        self.descriptor = descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// Gives the lock back before the last reference goes.
    func release() {
        flock(self.descriptor, LOCK_UN)
    }
}
