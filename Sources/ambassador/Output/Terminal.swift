import Glibc

/// Where commands write.
protocol TextOutput: Sendable {
    /// Writes a text as it is, all of it.
    func write(_ text: String) throws(OutputError)
    /// How many columns a line may have; `nil` where nobody looks at lines.
    var width: Int? { get }
    /// Whether what is written is shown, by something that acts upon control characters.
    var isTerminal: Bool { get }
}

extension TextOutput {
    /// Says something beside the result; where not even that can be written, nobody is left to be told.
    func tell(_ text: String) {
        do throws(OutputError) {
            try self.write(text)
        } catch {
            return
        }
    }
}

/// Standard output or standard error.
struct Terminal: TextOutput {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32

    func write(_ text: String) throws(OutputError) {
        var text = text
        let code = text.withUTF8 { Self.write(UnsafeRawBufferPointer($0), to: self.descriptor) }
        guard code != 0 else { return }
        throw code == EPIPE ? .closed : .failed(code)
    }

    /// - Returns: zero, or the `errno` of the write that failed.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                // The descriptor may be shared with a process that made it non-blocking.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                Glibc.poll(&poll, 1, 1000)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    var isTerminal: Bool { isatty(self.descriptor) == 1 }

    var width: Int? {
        var size = winsize()
        guard ioctl(self.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
