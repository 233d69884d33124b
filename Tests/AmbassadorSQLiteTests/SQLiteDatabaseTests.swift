import AmbassadorCore
import AmbassadorTesting
import Foundation
import Testing

@testable import AmbassadorSQLite

@Suite struct SQLiteDatabaseTests {
    @Test("a file that is not a database is refused and left as it is", arguments: [1, 100, 511, 512, 20_000])
    func notADatabase(size: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            let bytes = Data(repeating: UInt8(ascii: "x"), count: size)
            try bytes.write(to: URL(fileURLWithPath: path))
            await #expect(throws: SQLiteError.notADatabase(path: path)) { try await withDatabase(at: path) { _ in } }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test("an empty file is taken") func emptyFile() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/a.db"))
            try await withDatabase(at: folder + "/a.db") { fixture async throws in
                #expect(try fixture.count("entries") == 0)
            }
        }
    }

    @Test("another program's database is refused and left as it is") func foreign() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try Connection(path: path, access: .readWrite).execute("CREATE TABLE theirs (id)")
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            await #expect(throws: SQLiteError.foreignDatabase(path: path)) { try await withDatabase(at: path) { _ in } }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test("a directory and a folder that is not there are refused") func directory() async throws {
        try await withTemporaryFolder { folder in
            let real = try DatabaseFile(folder).path
            await #expect(throws: SQLiteError.isDirectory(path: real)) { try await withDatabase(at: folder) { _ in } }
            await #expect(throws: SQLiteError.self) { try await withDatabase(at: folder + "/no/a.db") { _ in } }
            #expect(!FileManager.default.fileExists(atPath: folder + "/no"))
        }
    }

    @Test("a folder in which nothing can be made is refused by name") func readOnlyFolder() async throws {
        // Not even root makes files there.
        let error = await #expect(throws: SQLiteError.self) {
            try await withDatabase(at: "/proc/ambassador.db") { _ in }
        }
        guard case .notWritable(let path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == "/proc/ambassador.db")
    }

    @Test("a read-only file is refused", .enabled(if: getuid() != 0, "root writes to any file")) func readOnlyFile()
        async throws
    {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in }
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            await #expect(throws: SQLiteError.self) { try await withDatabase(at: path) { _ in } }
        }
    }

    @Test("the file is readable by its owner alone") func permissions() async throws {
        try await withDatabase { fixture in
            fixture.store.insert(try makeEntry(), lifetime: .seconds(60))
            try await fixture.settle()
            for suffix in ["", "-wal", "-shm", ".lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path + suffix)
                #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(suffix)")
            }
        }
    }

    @Test("a second one on the same file is refused, by another name too, and told who has it") func secondOpen()
        async throws
    {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { _ in
                try FileManager.default.createSymbolicLink(atPath: folder + "/b.db", withDestinationPath: path)
                for name in ["/a.db", "/b.db", "/../\((folder as NSString).lastPathComponent)/a.db"] {
                    let error = await #expect(throws: SQLiteError.self) {
                        try await withDatabase(at: folder + name) { _ in }
                    }
                    guard case .inUse(let used, let holder) = error else {
                        Issue.record("\(name): \(String(describing: error))")
                        continue
                    }
                    #expect(used == path)
                    #expect(holder.contains("process \(getpid())"))
                }
            }
            try await withDatabase(at: path) { #expect($0.database.isWritable) }
        }
    }

    @Test("the lock of a process that was killed locks nothing") func staleLock() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.db"
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            holder.arguments = ["flock", "--no-fork", path + ".lock", "cat"]
            let input = Pipe()
            holder.standardInput = input
            try holder.run()
            try await eventually { FileLock.isHeld(forDatabase: path) }
            await #expect(throws: SQLiteError.self) { try await withDatabase(at: path) { _ in } }
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            try await withDatabase(at: path) { #expect($0.database.isWritable) }
        }
    }

    @Test("the log is emptied into the file by a stop, and the file is whole") func stop() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatabaseFile(folder + "/a.db").path
            try await withDatabase(at: path) { fixture in
                for number in 0..<500 {
                    fixture.store.insert(try makeEntry(number: UInt64(number)), lifetime: .seconds(60_000))
                }
            }
            #expect(try !DatabaseFile(path).hasLog)
            let connection = try Connection(path: path, access: .readOnly)
            #expect(try connection.integer("SELECT count(*) FROM entries") == 500)
            let check = try connection.prepare("PRAGMA integrity_check")
            #expect(try check.step())
            #expect(check.text(at: 0) == "ok")
            #expect(try connection.integer("PRAGMA page_size") == 8_192)
            #expect(try connection.integer("PRAGMA auto_vacuum") == 2)
        }
    }

    @Test("stopping twice is stopping once") func stopTwice() async throws {
        try await withDatabase { fixture async throws in
            await fixture.database.stop()
            #expect(!fixture.auditLog.reserve())
            #expect(await fixture.auditLog.recordCommitted(try makeRecord()) == false)
            #expect(await fixture.store.remove(.all) == nil)
        }
    }

    @Test("the default interval leaves a commit time enough within the promise of 50 ms") func commitInterval() {
        #expect(SQLiteConfiguration(path: "a").commitInterval <= .milliseconds(20))
        #expect(SQLiteConfiguration(path: "a").auditQueueCapacity == 65_536)
    }
}
