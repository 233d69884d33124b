import AmbassadorCore
import AmbassadorTesting
import Foundation
import Logging
import Synchronization
import Testing

@testable import AmbassadorIdentity

@Suite("A key file that changes while it is watched")
struct APIKeyFileWatcherTests {
    /// The messages of a log, with their levels.
    private final class Messages: Sendable {
        private let all = Mutex<[String]>([])
        var texts: [String] { self.all.withLock { $0 } }
        func add(_ text: String) { self.all.withLock { $0.append(text) } }

        var logger: Logger {
            Logger(label: "test") { _ in Handler(messages: self) }
        }
    }

    private struct Handler: LogHandler {
        let messages: Messages
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            self.messages.add("\(event.level)")
        }
    }

    private let folder: KeyFolder
    private let messages = Messages()

    init() throws {
        self.folder = try KeyFolder()
    }

    private func watcher() throws -> APIKeyFileWatcher {
        try APIKeyFileWatcher(self.folder.file, logger: self.messages.logger)
    }

    @Test("without a file that can be used there is no watcher")
    func start() throws {
        #expect(throws: APIKeyFileError.missing(path: self.folder.file.path)) { try self.watcher() }
        try self.folder.write("nonsense")
        #expect(throws: APIKeyFileError.self) { try self.watcher() }
    }

    @Test("a key that is made is in force after a look, one that is revoked is not")
    func changes() throws {
        let first = try self.folder.add("a", seed: 1)
        let watcher = try self.watcher()
        let second = try self.folder.add("b", seed: 2)
        #expect(watcher.authenticator.authenticate(.apiKey(second.secret), at: dawn).fault == .unknownKey)
        watcher.look()
        #expect(watcher.authenticator.authenticate(.apiKey(second.secret), at: dawn).caller != nil)
        _ = try self.folder.file.update { list throws(APIKeyFileError) in try list.revoke(first.id, at: dawn) }
        watcher.look()
        #expect(watcher.authenticator.authenticate(.apiKey(first.secret), at: dawn).fault == .revoked)
        #expect(watcher.complaint == nil)
        watcher.look()
        #expect(self.messages.texts == ["info", "info"])
    }

    @Test(
        "a broken, unsafe or vanished file leaves the keys in force, is told once, and is read again when it is mended"
    )
    func broken() throws {
        let key = try self.folder.add("a", seed: 1)
        let watcher = try self.watcher()
        let good = try String(contentsOfFile: self.folder.file.path, encoding: .utf8)
        let damages: [() throws -> Void] = [
            { try self.folder.write("{") },
            { try self.folder.write(good, mode: 0o644) },
            { try FileManager.default.removeItem(atPath: self.folder.file.path) },
        ]
        for (number, damage) in damages.enumerated() {
            try damage()
            for _ in 0..<3 { watcher.look() }
            #expect(watcher.complaint?.contains("stay in force") == true)
            #expect(watcher.complaint?.contains(self.folder.path) == false)
            #expect(watcher.authenticator.authenticate(.apiKey(key.secret), at: dawn).caller != nil)
            try self.folder.write(good)
            watcher.look()
            #expect(watcher.complaint == nil)
            #expect(self.messages.texts == Array(repeating: ["error", "info"], count: number + 1).flatMap { $0 })
        }
    }

    @Test("it looks every two seconds, and ends when its task is cancelled", .timeLimit(.minutes(1)))
    func run() async throws {
        let clock = MockClock()
        _ = try self.folder.add("a", seed: 1)
        let watcher = try APIKeyFileWatcher(
            self.folder.file,
            clocks: clock.clocks,
            sleeper: clock.sleeper,
            logger: self.messages.logger
        )
        let running = Task { await watcher.run() }
        await clock.waitForTimers(1)
        let key = try self.folder.add("b", seed: 2)
        clock.advance(by: .milliseconds(1999))
        #expect(watcher.authenticator.count == 1)
        clock.advance(by: .milliseconds(1))
        // The next look is asked for when this one is done.
        await clock.waitForTimers(1)
        #expect(watcher.authenticator.authenticate(.apiKey(key.secret), at: dawn).caller != nil)
        running.cancel()
        await running.value
    }
}
