import AmbassadorCore
import CProcess

/// What stands behind the program's name on its command line, as the kernel handed it over.
///
/// Swift's own `CommandLine` reads it from `/proc`. In a sandbox without one it is empty, and an empty command line means `serve`.
enum ProgramArguments {
    /// - Throws: where there is no command line at all, not even a name, or one that is not UTF-8.
    static func read() throws(InvalidValue) -> [String] {
        var texts: [String] = []
        for position in 0..<ambassador_argument_count() {
            guard let bytes = ambassador_argument(position) else { break }
            guard let text = String(validatingCString: bytes) else {
                throw InvalidValue("argument \(position) of the command line is not valid UTF-8")
            }
            texts.append(text)
        }
        return try Self.withoutName(texts)
    }

    static func withoutName(_ texts: [String]) throws(InvalidValue) -> [String] {
        // Whoever starts a program without any arguments gets none, or from newer kernels one that is empty.
        guard let name = texts.first, !name.isEmpty else {
            throw InvalidValue(
                "there is no command line: start the program with its name and a command, such as ambassador serve"
            )
        }
        return Array(texts.dropFirst())
    }
}
