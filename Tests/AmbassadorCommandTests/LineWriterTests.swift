import AmbassadorCore
import Foundation
import NIOCore
import Testing

@testable import ambassador

@Suite struct LineWriterTests {
    /// The ends of a pipe, closed with it.
    private struct Pipe: ~Copyable {
        let reader: Int32
        let writer: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (self.reader, self.writer) = (ends[0], ends[1])
        }

        /// Fills it, so that a further write waits for ever.
        func fill() throws {
            let flags = fcntl(self.writer, F_GETFL)
            try #require(fcntl(self.writer, F_SETFL, flags | O_NONBLOCK) == 0)
            while write(self.writer, "x", 1) == 1 {}
            try #require(fcntl(self.writer, F_SETFL, flags) == 0)
        }

        deinit {
            close(self.reader)
            close(self.writer)
        }
    }

    private static let line = ByteBuffer(string: "a line\n")

    @Test("lines that are read are all there after a drain, and none counts as dropped")
    func read() async throws {
        let pipe = try Pipe()
        let dropped = Counter()
        let writer = LineWriter(descriptor: pipe.writer, label: "test", dropped: dropped)
        for _ in 0..<100 { writer.write(Self.line, count: 1) }
        await writer.drain()
        var bytes = [UInt8](repeating: 0, count: 1000)
        #expect(Foundation.read(pipe.reader, &bytes, bytes.count) == 700)
        #expect(dropped.value == 0)
    }

    @Test("nobody reads: a drain ends, and every line counts as dropped, those beyond the bound at once")
    func unread() async throws {
        // As in the program: the write that waits ends with an error once the pipe is closed.
        signal(SIGPIPE, SIG_IGN)
        let pipe = try Pipe()
        try pipe.fill()
        let dropped = Counter()
        let writer = LineWriter(
            descriptor: pipe.writer,
            label: "test",
            pendingBytesMax: 70,
            drainPatience: .milliseconds(20),
            dropped: dropped
        )
        for _ in 0..<10 { writer.write(Self.line, count: 1) }
        #expect(dropped.value == 0)
        writer.write(Self.line, count: 1)
        #expect(dropped.value == 1)
        await writer.drain()
        #expect(dropped.value == 11)
        #expect(writer.droppedLines == 11)
    }
}
