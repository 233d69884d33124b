import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A real `redis-server` process of a test's own, with nothing on disk.
///
/// It listens on a Unix domain socket in a temporary folder, and on a free port of the loopback where that is asked for.
package final class RedisServer: Sendable {
    /// What went wrong with starting one.
    package enum Failure: Error {
        case notInstalled
        case didNotStart
        case noFreePort
    }

    /// The path of the program, or `nil` where it is not on `PATH`; then tests that need it are disabled.
    package static let executable: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":")
        .map { "\($0)/redis-server" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The path of the Unix domain socket.
    package let socketPath: String
    /// The port on 127.0.0.1; `nil` where it listens on its Unix domain socket alone.
    package let port: Int?

    private let folder: URL
    private let arguments: [String]
    private let process = Mutex<Process?>(nil)

    /// Starts a server and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - tcp: whether it listens on a port as well.
    ///   - arguments: more settings, as on the command line: `["--requirepass", "secret"]`.
    /// - Throws: ``Failure``, or what the system said.
    package init(tcp: Bool = false, arguments: [String] = []) async throws {
        // Socket paths have at most 107 bytes, so the name is short.
        let name = "r" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.socketPath = self.folder.appendingPathComponent("s").path
        self.port = tcp ? try Self.freePort() : nil
        self.arguments =
            [
                "--port", String(self.port ?? 0), "--bind", "127.0.0.1", "--unixsocket", self.socketPath,
                "--save", "", "--appendonly", "no", "--dir", self.folder.path, "--logfile", "",
            ] + arguments
        try await self.start()
    }

    deinit {
        self.process.withLock { $0 }?.terminateAtOnce()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Starts the server again after ``kill()``, empty, at the same places.
    package func start() async throws {
        guard let executable = Self.executable else { throw Failure.notInstalled }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = self.arguments
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        let lines = AsyncStream<Data> { continuation in
            output.fileHandleForReading.readabilityHandler = { handle in
                let data = handle.availableData
                if data.isEmpty {
                    handle.readabilityHandler = nil
                    continuation.finish()
                } else {
                    // Goes on reading for the server's whole life, so that its log never blocks it.
                    continuation.yield(data)
                }
            }
        }
        try process.run()
        self.process.withLock { $0 = process }
        var log = Data()
        for await data in lines {
            log.append(data)
            // Said last, of the Unix domain socket.
            if log.range(of: Data("server is now ready to accept connections at".utf8)) != nil { return }
            if log.range(of: Data("The server is now ready".utf8)) != nil, self.isReachable { return }
        }
        throw Failure.didNotStart
    }

    /// Stops the process where it stands; its sockets stay open and take connections, but nobody answers.
    package func suspend() {
        self.signal(SIGSTOP)
    }

    /// Lets a suspended process go on.
    package func resume() {
        self.signal(SIGCONT)
    }

    /// Ends the process at once; everything it held is lost.
    package func kill() async {
        let process = self.process.withLock { current in
            defer { current = nil }
            return current
        }
        guard let process else { return }
        process.terminateAtOnce()
        process.waitUntilExit()
    }

    private func signal(_ number: CInt) {
        self.process.withLock { process in
            guard let process, process.isRunning else { return }
            _ = Glibc.kill(process.processIdentifier, number)
        }
    }

    private var isReachable: Bool {
        FileManager.default.fileExists(atPath: self.socketPath)
    }

    /// A port that is free now; the system gives it to nobody else soon, as it hands out others first.
    private static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure.noFreePort }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) == 0 && getsockname(socket, pointer, &length) == 0
            }
        }
        guard isBound else { throw Failure.noFreePort }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension Process {
    fileprivate func terminateAtOnce() {
        guard self.isRunning else { return }
        _ = Glibc.kill(self.processIdentifier, SIGKILL)
    }
}
