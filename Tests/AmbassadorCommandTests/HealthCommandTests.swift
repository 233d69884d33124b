import AmbassadorTesting
import ArgumentParser
import Foundation
import NIOPosix
import Testing

@testable import ambassador

@Suite("ambassador health")
struct HealthCommandTests {
    /// What the command prints about a listener that gives every request one reply, and what it asked.
    private func asked(
        _ reply: String,
        _ arguments: String...
    ) async throws -> (text: Result<String, any Error>, line: String?) {
        let server = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { _ in .raw(reply) }
        let command = try HealthCommand.parse(["--address", "127.0.0.1:\(server.port)"] + arguments)
        let output = RecordedOutput()
        let text: Result<String, any Error>
        do {
            try await command.execute(to: output)
            text = .success(output.text)
        } catch {
            text = .failure(error)
        }
        let line = server.requests.first?.requestLine
        await server.shutdown()
        return (text, line)
    }

    @Test("it asks whether the process is alive, or with --ready whether it is ready, and prints the answer")
    func answers() async throws {
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\":\"healthy\"}"
        let alive = try await self.asked(reply)
        #expect(try alive.text.get() == "{\"status\":\"healthy\"}\n")
        #expect(alive.line == "GET /livez HTTP/1.1")
        #expect(try await self.asked(reply, "--ready").line == "GET /readyz HTTP/1.1")
    }

    @Test("any other status, and no answer, is a failure that says where it was asked")
    func failures() async throws {
        let unready = try await self.asked("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nwait")
        let failure = try #require(throws: CommandFailure.self) { try unready.text.get() }
        #expect(failure.description.contains("127.0.0.1") && failure.description.contains("503: wait"))
        let nobody = try HealthCommand.parse(["--address", "unix:/nowhere/at.all", "--timeout", "1"])
        let error = await #expect(throws: CommandFailure.self) { try await nobody.execute(to: RecordedOutput()) }
        #expect(try #require(error?.description).contains("unix:/nowhere/at.all"))
    }

    @Test("the configuration says where probes are answered")
    func listener() async throws {
        let file = NSTemporaryDirectory() + "health-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let server = try await TestUpstream.start(on: MultiThreadedEventLoopGroup.singleton) { _ in
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        }
        for settings in [
            "listen: {address: '127.0.0.1:\(server.port)'}", "probes: {address: '0.0.0.0:\(server.port)'}",
        ] {
            try Data((settings + "\n").utf8).write(to: URL(fileURLWithPath: file))
            let output = RecordedOutput()
            try await HealthCommand.parse(["--config", file]).execute(to: output)
            #expect(output.text == "{}\n")
        }
        await server.shutdown()
    }
}
