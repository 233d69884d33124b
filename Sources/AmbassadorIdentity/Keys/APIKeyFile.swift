import AmbassadorCore
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file that keeps the API keys: a small JSON document that its owner alone may read, or the group of a file of root's.
///
/// All calls block their thread for as long as the disk takes; none belongs on an event loop.
package struct APIKeyFile: Sendable {
    /// Where the keys are, unless somebody says otherwise.
    package static let defaultPath = "ambassador-keys.json"
    package static let bytesMax = 8 << 20

    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Reads all keys.
    ///
    /// - Throws: where there is no file, where others than its owner may use it, or where anything in it is not in order.
    package func read() throws(APIKeyFileError) -> APIKeyList {
        try self.list(in: try self.contents().bytes)
    }

    /// Changes the keys while nobody else does; makes the file where there is none.
    ///
    /// Either everything of the change is on disk when this returns, or the file is as it was.
    package func update<Result>(
        _ change: (inout APIKeyList) throws(APIKeyFileError) -> Result
    ) throws(APIKeyFileError) -> Result {
        let lock = try APIKeyFileLock(forKeys: self.path)
        defer { lock.release() }
        var list: APIKeyList
        do throws(APIKeyFileError) {
            list = try self.read()
        } catch .missing {
            list = APIKeyList()
        }
        let result = try change(&list)
        try self.write(list.json)
        return result
    }

    /// Reads what is in the file, with the mark that it had before.
    func contents() throws(APIKeyFileError) -> (bytes: ByteBuffer, mark: APIKeyFileMark) {
        // Without blocking, since opening a pipe would wait for its other end.
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: self.path) : self.failure("cannot be opened", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw self.failure("cannot be examined", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw self.unusable("is not a regular file") }
        guard SecretFile.isPrivate(owner: status.st_uid, mode: UInt32(status.st_mode)) else {
            throw self.unusable(SecretFile.remedy)
        }
        guard status.st_size <= Self.bytesMax else { throw self.tooLarge }
        return (try self.readToEnd(descriptor), APIKeyFileMark(status))
    }

    /// Reads a document that stands in this file.
    func list(in document: ByteBuffer) throws(APIKeyFileError) -> APIKeyList {
        do throws(InvalidValue) {
            return try APIKeyList(json: document)
        } catch {
            throw self.unusable(error.reason)
        }
    }

    private func readToEnd(_ descriptor: Int32) throws(APIKeyFileError) -> ByteBuffer {
        var bytes = ByteBuffer()
        while true {
            var code: Int32 = 0
            let offset = off_t(bytes.readableBytes)
            let count = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 64 << 10) { space in
                let count = Self.retrying { pread(descriptor, space.baseAddress, space.count, offset) }
                code = count < 0 ? errno : 0
                return max(0, count)
            }
            guard code == 0 else { throw self.failure("cannot be read", code) }
            guard bytes.readableBytes <= Self.bytesMax else { throw self.tooLarge }
            guard count > 0 else { return bytes }
        }
    }

    func unusable(_ reason: String) -> APIKeyFileError {
        .unusable(path: self.path, reason: reason)
    }

    func failure(_ what: String, _ code: Int32) -> APIKeyFileError {
        self.unusable("\(what): \(Self.reason(code))")
    }

    var tooLarge: APIKeyFileError {
        self.unusable("is larger than \(Self.bytesMax) bytes")
    }

    static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    /// Calls again what a signal interrupted.
    static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            guard result < 0, errno == EINTR else { return result }
        }
    }
}
