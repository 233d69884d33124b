import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension APIKeyFile {
    /// Puts a document in the place of the file, in one step that a crash cannot halve.
    ///
    /// Only under the file's lock: the temporary file has one name.
    func write(_ document: ByteBuffer) throws(APIKeyFileError) {
        guard document.readableBytes <= Self.bytesMax else { throw self.tooLarge }
        // A link stays a link; what it leads to is replaced.
        let target = Self.resolved(self.path) ?? self.path
        let temporary = target + ".tmp"
        // Left behind by a process that died while it had the lock.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw self.failure("cannot be written beside", errno) }
        do throws(APIKeyFileError) {
            try self.fill(descriptor, with: document, inPlaceOf: target)
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, target) == 0 else {
            let code = errno
            unlink(temporary)
            throw self.failure("cannot be replaced", code)
        }
        try self.syncFolder(of: target)
    }

    private func fill(
        _ descriptor: Int32,
        with document: ByteBuffer,
        inPlaceOf target: String
    ) throws(APIKeyFileError) {
        var status = stat()
        var mode: mode_t = 0o600
        // What root changes for a service must stay readable for the service: its owner, or the group of a file of root's own.
        if geteuid() == 0, stat(target, &status) == 0 {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                throw self.failure("cannot be given to its owner", errno)
            }
            if status.st_uid == 0 { mode |= status.st_mode & 0o040 }
        }
        // The mask of the process may have taken rights away.
        guard fchmod(descriptor, mode) == 0 else { throw self.failure("cannot be protected", errno) }
        let code = document.withUnsafeReadableBytes { bytes -> Int32 in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let offset = off_t(bytes.count - rest.count)
                let count = Self.retrying { pwrite(descriptor, part.baseAddress, part.count, offset) }
                guard count >= 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return 0
        }
        guard code == 0 else { throw self.failure("cannot be written", code) }
        guard fsync(descriptor) == 0 else { throw self.failure("cannot be brought to disk", errno) }
    }

    /// Brings the new name to disk too.
    private func syncFolder(of target: String) throws(APIKeyFileError) {
        let folder = target.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(target[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw self.failure("is written, but its folder cannot be opened", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw self.failure("is written, but its folder cannot be brought to disk", errno)
        }
    }

    /// The path without links; `nil` where there is no such file.
    static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
