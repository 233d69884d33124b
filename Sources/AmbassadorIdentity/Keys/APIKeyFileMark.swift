#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What of a file changes whenever its content or its rights do.
struct APIKeyFileMark: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    /// Seconds and nanoseconds of the last change of the content, then of anything.
    private let times: [Int64]

    init(_ status: stat) {
        self.device = UInt64(status.st_dev)
        self.inode = UInt64(status.st_ino)
        self.size = Int64(status.st_size)
        self.times = [
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
            Int64(status.st_ctim.tv_sec), Int64(status.st_ctim.tv_nsec),
        ]
    }

    /// The mark of the file at a path; `nil` where there is none or it cannot be asked.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
