#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The claim of one process to a SQLite file: `flock` on a file beside it, and on the file itself.
///
/// The kernel drops the locks with the process, however it ends; the file that is left behind locks nothing. It is not removed,
/// since another process might have opened it just before. Where it is removed, or the database has another name, the second lock
/// still holds.
final class FileLock: Sendable {
    private let lockPath: String
    private let databasePath: String
    private let descriptor: Int32
    // Open until the last reader is gone: to close any descriptor of the database drops SQLite's own locks on it.
    private let databaseDescriptor: Int32

    /// Takes the lock or says who has it; makes the database, empty, where there is none.
    init(forDatabase file: DatabaseFile) throws(SQLiteError) {
        let path = file.path
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .notWritable(path: path, reason: "\(lockPath): \(Self.reason(errno))")
        }
        let databaseDescriptor: Int32
        do throws(SQLiteError) {
            try Self.lock(descriptor, path: path, lockPath: lockPath)
            if file.kind == .missing { try file.create() }
            databaseDescriptor = try Self.lockDatabase(file, holder: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        let holder = Array("process \(getpid()) on \(Self.hostName())\n".utf8)
        // The text is for people; the lock holds without it, on a full disk too.
        if ftruncate(descriptor, 0) == 0 {
            _ = holder.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
        self.lockPath = lockPath
        self.databasePath = path
        self.descriptor = descriptor
        self.databaseDescriptor = databaseDescriptor
    }

    private static func lock(_ descriptor: Int32, path: String, lockPath: String) throws(SQLiteError) {
        var code: Int32 = 0
        for attempt in 0..<5 {
            code = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
            guard code == EWOULDBLOCK else { break }
            // One who only asks whether the lock is held has it for an instant.
            if attempt < 4 { usleep(10_000) }
        }
        guard code == 0 else {
            guard code == EWOULDBLOCK else {
                throw .notWritable(path: path, reason: "\(lockPath): \(Self.reason(code))")
            }
            throw .inUse(path: path, holder: Self.readHolder(descriptor))
        }
    }

    /// Locks the file itself where that does not lock out SQLite.
    ///
    /// In Linux `flock` and SQLite's own locks know nothing of each other, but on a file system of another machine, which turns one
    /// into the other; elsewhere they are one.
    private static func lockDatabase(_ file: DatabaseFile, holder lock: Int32) throws(SQLiteError) -> Int32 {
        let path = file.path
        // For writing, so that a file of an image's layer becomes the one that SQLite will write to.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritable(path: path, reason: Self.reason(errno)) }
        #if os(Linux)
        guard file.isLocal, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else {
            return descriptor
        }
        let holder = Self.readHolder(lock)
        close(descriptor)
        throw .inUse(
            path: path,
            holder: "\(holder), by another name of the file or from before its lock file was removed"
        )
        #else
        return descriptor
        #endif
    }

    /// The files that are locked, by the paths that led to them.
    var identities: [(path: String, identity: FileIdentity?)] {
        [
            (self.databasePath, FileIdentity(descriptor: self.databaseDescriptor)),
            (self.lockPath, FileIdentity(descriptor: self.descriptor)),
        ]
    }

    deinit {
        close(self.descriptor)
        close(self.databaseDescriptor)
    }

    /// Gives the lock back before the last reference goes.
    func release() {
        flock(self.databaseDescriptor, LOCK_UN)
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
