import Glibc

/// Why a result could not be written.
enum OutputError: Error, Equatable, CustomStringConvertible {
    /// The reader has left; it had what it wanted, as `head` has after ten lines.
    case closed
    /// The `errno` of the write.
    case failed(Int32)

    var description: String {
        switch self {
        case .closed: "the reader of the output has left"
        case .failed(let code): "the output cannot be written: \(String(cString: strerror(code)))"
        }
    }

    /// Says what has to be said of it, in one line.
    ///
    /// - Returns: the exit status.
    func end(tellingTo errors: any TextOutput) -> Int32 {
        guard self != .closed else { return EXIT_SUCCESS }
        errors.tell("error: \(self)\n")
        return EXIT_FAILURE
    }
}
