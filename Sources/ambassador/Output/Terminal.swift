import Foundation

/// Where commands write.
protocol TextOutput: Sendable {
    /// Writes a text as it is.
    func write(_ text: String)
    /// How many columns a line may have; `nil` where nobody looks at lines.
    var width: Int? { get }
}

/// Standard output or standard error.
struct Terminal: TextOutput {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    func write(_ text: String) {
        // `head` and `less` leave early. The signal of a broken pipe ends the command then, as it does with other tools.
        FileHandle(fileDescriptor: self.descriptor, closeOnDealloc: false).write(Data(text.utf8))
    }

    var width: Int? {
        var size = winsize()
        guard ioctl(self.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
