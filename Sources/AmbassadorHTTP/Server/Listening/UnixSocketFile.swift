import Glibc
import NIOCore

/// The file of a Unix domain socket that this process has made: removed at the end where it is still the same file.
struct UnixSocketFile: Sendable, Equatable {
    let path: String
    private let device: UInt
    private let inode: UInt

    /// Notes which file is at the path now.
    private init?(at path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        self.device = UInt(status.st_dev)
        self.inode = UInt(status.st_ino)
    }

    /// Removes the file, unless another one has taken its place.
    func remove() {
        guard Self(at: self.path) == self else { return }
        unlink(self.path)
    }

    /// Listens at a path: where a process listens already it is left alone, and what a process has left behind is replaced.
    ///
    /// Blocks for a moment. Two starts at once take turns, by a lock on the folder that ends with its holder and leaves no file behind.
    static func listen(at path: String, backlog: Int32) throws(ListenFault) -> BoundSocket {
        let lock = try FolderLock(ofFolder: Self.folder(of: path))
        defer { lock.release() }
        try Self.clear(path)
        do throws(BoundSocket.SystemError) {
            var socket = try BoundSocket(try Self.address(path), backlog: backlog)
            socket.file = UnixSocketFile(at: path)
            return socket
        } catch {
            throw error.code == EADDRINUSE
                ? .socketTaken(path: path) : .folder(path: Self.folder(of: path), reason: error.reason)
        }
    }

    private static func folder(of path: String) -> String {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    private static func address(_ path: String) throws(BoundSocket.SystemError) -> SocketAddress {
        do {
            return try SocketAddress(unixDomainSocketPath: path)
        } catch {
            throw BoundSocket.SystemError(code: ENAMETOOLONG)
        }
    }

    /// Removes a socket on which nobody listens any more.
    private static func clear(_ path: String) throws(ListenFault) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .folder(path: self.folder(of: path), reason: Self.reason(errno)) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        switch try Self.connect(to: path) {
        case ECONNREFUSED:
            guard unlink(path) == 0 || errno == ENOENT else {
                throw .folder(path: self.folder(of: path), reason: Self.reason(errno))
            }
        case ENOENT: break
        // Whoever answers, is too busy to, does not let us ask, or speaks in datagrams is there.
        default: throw .socketTaken(path: path)
        }
    }

    /// - Returns: what connecting came to: 0, or an error's number.
    private static func connect(to path: String) throws(ListenFault) -> Int32 {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .system(reason: Self.reason(errno)) }
        defer { Glibc.close(probe) }
        do throws(BoundSocket.SystemError) {
            return try Self.address(path).withSockAddr { Glibc.connect(probe, $0, socklen_t($1)) == 0 ? 0 : errno }
        } catch {
            return error.code
        }
    }

    private static func reason(_ code: Int32) -> String { BoundSocket.SystemError(code: code).reason }
}
