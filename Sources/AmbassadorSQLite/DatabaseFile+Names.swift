#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension DatabaseFile {
    /// Refuses a file that has a second name.
    ///
    /// SQLite finds the write-ahead log by the name of the file: two processes that open it by two names have two logs, and damage
    /// it. A bind mount of the file alone is such a second name.
    func checkNames() throws(SQLiteError) {
        var status = stat()
        guard stat(self.path, &status) == 0 else { return }
        guard status.st_nlink <= 1 else { throw .severalNames(path: self.path, count: Int(status.st_nlink)) }
        // The device tells nothing: in overlay file systems and subvolumes a file's may differ from its folder's.
        guard !MountTable.ofProcess().isMountPoint(self.path) else { throw .mountedFile(path: self.path) }
    }

    /// Whether the file's locks are this kernel's own matter.
    var isLocal: Bool {
        guard let type = MountTable.ofProcess().fileSystem(of: self.path) else { return true }
        let remote = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "afs", "9p", "glusterfs", "lustre", "gpfs"]
        return !remote.contains(type) && !type.hasPrefix("fuse")
    }
}
