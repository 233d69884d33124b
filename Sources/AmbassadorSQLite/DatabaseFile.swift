#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of the store, by its one absolute path.
struct DatabaseFile: Sendable {
    let path: String

    /// Follows symbolic links, so that two names of one file have one lock.
    init(_ path: String) throws(SQLiteError) {
        if let whole = Self.resolved(path) {
            self.path = whole
            return
        }
        let name = path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
        let folder = String(path.dropLast(name.count))
        guard !name.isEmpty, name != ".", name != "..", let resolved = Self.resolved(folder.isEmpty ? "." : folder)
        else {
            throw .notWritable(path: path, reason: FileLock.reason(errno))
        }
        self.path = resolved == "/" ? "/\(name)" : "\(resolved)/\(name)"
    }

    enum Kind {
        case missing
        case directory
        case file
    }

    var kind: Kind {
        var status = stat()
        guard stat(self.path, &status) == 0 else { return .missing }
        return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
    }

    /// Makes the file where there is none: what people ask is read by the owner alone.
    func create() throws(SQLiteError) {
        let descriptor = open(self.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .notWritable(path: self.path, reason: FileLock.reason(errno))
        }
        close(descriptor)
    }

    /// The size of the file in bytes, its write-ahead log left out; zero where there is none.
    var byteCount: Int { Self.size(of: self.path) }

    /// The size of its write-ahead log in bytes; zero where there is none.
    var logByteCount: Int { Self.size(of: self.path + "-wal") }

    /// Whether there are commits beside the file that are not yet in it.
    var hasLog: Bool { self.logByteCount > 0 }

    /// The bytes that may be written to the file's folder; `nil` where the file system does not say.
    var freeByteCount: Int? {
        var status = statvfs()
        guard statvfs(self.path, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }

    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
