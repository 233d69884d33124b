import AmbassadorCore
import AmbassadorTesting
import Foundation
import Testing

@testable import AmbassadorSQLite

/// Files that go away, or have several names, while a store is open.
@Suite(.timeLimit(.minutes(1))) struct StoreFilesTests {
    /// What happens to the files behind the ambassador's back.
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case database, lock, log, index, folder, replaced

        var testDescription: String { self.rawValue }

        func happen(to path: String) throws {
            let files = FileManager.default
            switch self {
            case .database: try files.moveItem(atPath: path, toPath: path + ".away")
            case .lock: try files.removeItem(atPath: path + ".lock")
            case .log: try files.removeItem(atPath: path + "-wal")
            case .index: try files.removeItem(atPath: path + "-shm")
            case .folder:
                let folder = (path as NSString).deletingLastPathComponent
                try files.moveItem(atPath: folder, toPath: folder + ".away")
            case .replaced:
                try files.copyItem(atPath: path, toPath: path + ".copy")
                try #require(rename(path + ".copy", path) == 0)
            }
        }
    }

    @Test("a file that is removed or replaced is noticed, and nothing more is promised", arguments: Loss.allCases)
    func lost(_ loss: Loss) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/inner/a.db"
            try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
            try await withDatabase(at: path) {
                $0.retentionInterval = .seconds(3_600)
                $0.stopPatience = .milliseconds(10)
            } _: { fixture async throws in
                try await fixture.record([try makeRecord()])
                #expect(fixture.database.complaint == nil)
                try loss.happen(to: path)
                try await eventually("noticed") {
                    fixture.database.complaint?.contains("was removed or replaced") == true
                }
                #expect(!fixture.database.isWritable)
                #expect(fixture.metric(.storeFilesLost) == 1)
                #expect(fixture.auditLog.reserve())
                let failed = Task { await fixture.auditLog.recordCommitted(try makeRecord()) }
                #expect(try await failed.value == false)
                #expect(await fixture.store.remove(.all) == nil)
                let mark = CurationMark(
                    key: try makeEntry().key,
                    kind: .tombstone,
                    author: "a",
                    reason: "r",
                    time: Timestamp(milliseconds: 1)
                )
                #expect(await fixture.database.curation.make(.keep(mark), unless: { nil }, apply: {}) == .notKept)
            }
        }
    }

    @Test("what is put back is written again") func putBack() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            try await withDatabase(at: path) { fixture async throws in
                try Loss.database.happen(to: path)
                try await eventually("noticed") { fixture.database.complaint != nil }
                #expect(fixture.auditLog.reserve())
                fixture.auditLog.record(try makeRecord())
                try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
                try await eventually("written again") { fixture.database.isWritable }
                #expect(fixture.metric(.storeFilesLost) == 0)
                try await fixture.settle()
                #expect(try fixture.count("audit_records") == 1)
            }
        }
    }

    @Test("the lock cannot be taken twice, its file removed or not") func secondLock() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in
                try FileManager.default.removeItem(atPath: path + ".lock")
                let error = await #expect(throws: SQLiteError.self) { try await withDatabase(at: path) { _ in } }
                guard case .inUse(path, _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
            try await withDatabase(at: path) { #expect($0.database.isWritable) }
        }
    }

    @Test("a file with two names is refused by both") func hardLink() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in }
            let other = try DatabaseFile(folder + "/b.db").path
            try FileManager.default.linkItem(atPath: path, toPath: other)
            for name in [path, other] {
                await #expect(throws: SQLiteError.severalNames(path: name, count: 2)) {
                    try await withDatabase(at: name) { _ in }
                }
            }
            try FileManager.default.removeItem(atPath: other)
            try await withDatabase(at: path) { #expect($0.database.isWritable) }
        }
    }

    @Test("a file that is linked while it is open is not opened by the new name") func linkedLater() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in
                // What a bind mount in another mount namespace is: one inode, one link, another name and no lock file beside it.
                try FileManager.default.linkItem(atPath: path, toPath: folder + "/b.db")
                let file = try DatabaseFile(folder + "/b.db")
                let error = #expect(throws: SQLiteError.self) { try FileLock(forDatabase: file) }
                guard case .inUse = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test(
        "mount points are found by their whole names",
        arguments: [
            ("/data/a.db", true), ("/data", true), ("/data/a.d", false), ("/data/a.db-wal", false),
            ("/with space/\\a", true), ("/rw", false), ("/", false),
        ]
    ) func mounts(path: String, isMounted: Bool) {
        let mounts = """
            22 1 0:21 / /proc rw,nosuid - proc proc rw
            36 35 98:0 /mnt1 /data rw,noatime master:1 - ext3 /dev/root rw
            37 35 98:0 /host/a.db /data/a.db rw,noatime - ext3 /dev/root rw,errors=continue
            38 35 98:0 / /with\\040space/\\134a rw - ext3 /dev/root rw
            39 35
            """
        #expect(MountTable(Array(mounts.utf8)).isMountPoint(path) == isMounted)
        #expect(!MountTable([]).isMountPoint(path))
    }

    @Test(
        "the file system of a path is that of the longest mount above it, the latest of several",
        arguments: [
            ("/a.db", "overlay"), ("/data/a.db", "nfs4"), ("/database/a.db", "overlay"), ("/data/local/a.db", "xfs"),
            ("/data/local/more/a.db", "fuse.sshfs"),
        ]
    ) func fileSystem(path: String, type: String) {
        let mounts = """
            22 1 0:21 / / rw,nosuid - overlay overlay rw
            36 22 98:0 / /data rw,noatime master:1 shared:2 - nfs4 host:/ rw
            37 36 98:0 / /data/local rw,noatime - ext4 /dev/root rw
            38 36 98:0 / /data/local rw - xfs /dev/root rw
            39 38 98:0 / /data/local/more rw - fuse.sshfs host rw
            """
        #expect(MountTable(Array(mounts.utf8)).fileSystem(of: path) == type)
        #expect(MountTable([]).fileSystem(of: path) == nil)
    }
}
