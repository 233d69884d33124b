import AmbassadorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of certificates or with a key.
struct CertificateFile {
    /// What shows that a file is another one or was written to.
    struct Stamp: Equatable {
        private let device: UInt64
        private let inode: UInt64
        private let byteCount: Int64
        private let seconds: Int
        private let nanoseconds: Int

        fileprivate init(_ status: stat) {
            self.device = UInt64(status.st_dev)
            self.inode = UInt64(status.st_ino)
            self.byteCount = Int64(status.st_size)
            #if canImport(Darwin)
            let modified = status.st_mtimespec
            #else
            let modified = status.st_mtim
            #endif
            self.seconds = modified.tv_sec
            self.nanoseconds = modified.tv_nsec
        }
    }

    /// Enough for a long list of authorities.
    private static let bytesMax = 1 << 20

    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// How the file looks now; `nil` where it is not there.
    var stamp: Stamp? {
        var status = stat()
        return stat(self.path, &status) == 0 ? Stamp(status) : nil
    }

    /// Reads the whole file.
    ///
    /// - Parameter isSecret: Whether others must not be able to use it; see `SecretFile`.
    /// - Returns: Its bytes, up to 1 MiB.
    /// - Throws: `CertificateError` where it is not there, not a file, too large, or open to others.
    func read(isSecret: Bool = false) throws(CertificateError) -> [UInt8] {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw self.fault(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw self.fault(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw self.fault("is not a regular file") }
        guard !isSecret || SecretFile.isPrivate(owner: status.st_uid, mode: UInt32(status.st_mode)) else {
            throw self.fault(SecretFile.remedy)
        }
        var bytes: [UInt8] = []
        while bytes.count <= Self.bytesMax {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
                let result = Self.read(descriptor, buffer)
                if result < 0 { failure = errno }
                count = max(0, result)
            }
            guard failure == 0 else { throw self.fault(failure) }
            guard !piece.isEmpty else { return bytes }
            bytes += piece
        }
        throw self.fault("is larger than \(Self.bytesMax) bytes")
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
            let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    func fault(_ reason: String) -> CertificateError {
        .file(path: self.path, reason: reason)
    }

    private func fault(_ code: Int32) -> CertificateError {
        self.fault("cannot be read: \(String(cString: strerror(code)).lowercased())")
    }
}
