import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// A key set in a file, read again when the file has changed.
struct JWKSFile: JWKSSource {
    let path: String

    var isOnDemand: Bool { false }

    var interval: Duration { .seconds(5) }

    func load(unless revision: JWKSRevision?) async throws(JWKSFault) -> JWKSDocument? {
        do {
            // File systems can hang, which must hold up neither an event loop nor a task.
            return try await NIOThreadPool.singleton.runIfActive { try self.read(unless: revision) }
        } catch let fault as JWKSFault {
            throw fault
        } catch {
            throw JWKSFault("the key file could not be read: \(error)")
        }
    }

    /// Reads the file; blocks, so it is for the start and for threads that may.
    func read(unless revision: JWKSRevision?) throws(JWKSFault) -> JWKSDocument? {
        // Not to hang where the path is a pipe.
        let file = open(self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Self.fault() }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.fault() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw JWKSFault("the key file is not a regular file") }
        let found = JWKSRevision(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            bytes: Int64(status.st_size),
            modifiedSeconds: Int64(status.st_mtim.tv_sec),
            modifiedNanoseconds: Int64(status.st_mtim.tv_nsec)
        )
        guard found != revision else { return nil }
        return JWKSDocument(bytes: try Self.contents(of: file), revision: found)
    }

    private static func contents(of file: Int32) throws(JWKSFault) -> ByteBuffer {
        var contents = ByteBuffer()
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while contents.readableBytes <= JWKSet.bytesMax {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.fault() }
            guard count > 0 else { return contents }
            contents.writeBytes(chunk[..<count])
        }
        throw JWKSFault("the key file is larger than \(JWKSet.bytesMax) bytes")
    }

    private static func fault() -> JWKSFault {
        JWKSFault("the key file could not be read: \(String(cString: strerror(errno)).lowercased())")
    }
}
