import Glibc

/// A lock on a folder, for the moment in which a file in it is judged and replaced.
///
/// The kernel drops it with the process, however it ends, and there is no file that stays behind.
struct FolderLock {
    /// Others hold it for as long as a socket is made.
    private static let attemptsMax = 200
    private static let pauseMicroseconds: UInt32 = 10_000

    private let descriptor: Int32

    init(ofFolder path: String) throws(ListenFault) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .folder(path: path, reason: Self.reason(errno)) }
        for _ in 0..<Self.attemptsMax {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                self.descriptor = descriptor
                return
            }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(Self.pauseMicroseconds)
        }
        let code = errno
        close(descriptor)
        throw .folder(path: path, reason: code == EWOULDBLOCK ? "another process has locked it" : Self.reason(code))
    }

    func release() {
        close(self.descriptor)
    }

    private static func reason(_ code: Int32) -> String { BoundSocket.SystemError(code: code).reason }
}
