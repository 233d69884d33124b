#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The claim of one process to a SQLite file: `flock` on a file beside it.
///
/// The kernel drops the lock with the process, however it ends; the file that is left behind locks nothing. It is not removed,
/// since another process might have opened it just before.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock or says who has it.
    init(forDatabase path: String) throws(SQLiteError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .notWritable(path: path, reason: "\(lockPath): \(Self.reason(errno))")
        }
        var code: Int32 = 0
        for attempt in 0..<5 {
            code = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            guard code == EWOULDBLOCK else { break }
            // One who only asks whether the lock is held has it for an instant.
            if attempt < 4 { usleep(10_000) }
        }
        guard code == 0 else {
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .notWritable(path: path, reason: "\(lockPath): \(Self.reason(code))")
            }
            throw .inUse(path: path, holder: holder)
        }
        let holder = Array("process \(getpid()) on \(Self.hostName())\n".utf8)
        // The text is for people; the lock holds without it, on a full disk too.
        if ftruncate(descriptor, 0) == 0 {
            _ = holder.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
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

    /// Whether a process has the lock of a file now; makes no file.
    static func isHeld(forDatabase path: String) -> Bool {
        let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Shared, so that two that ask at once do not see each other; given back with the descriptor.
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    private static func readHolder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 400)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 0x20 }, as: UTF8.self)
        return text.isEmpty ? "a process that has not said who it is" : text
    }
}
