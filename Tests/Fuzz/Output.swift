import Foundation

/// Tells what was found.
func report(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// Tells what is wrong, and ends with a failure.
func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data(("framer-fuzz: " + text + "\n").utf8))
    exit(1)
}
