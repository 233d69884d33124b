import AmbassadorCore
import Foundation

/// Reads small files whole, and only if they are files.
enum SmallFile {
    /// Reads a file, which must not be one that every user may change where it is secret.
    static func read(_ path: String, bytesMax: Int, isSecret: Bool = false) throws(InvalidValue) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw InvalidValue(String(cString: strerror(errno)).lowercased()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw InvalidValue("it is not a regular file") }
        guard status.st_size <= bytesMax else { throw InvalidValue("it is larger than \(bytesMax) bytes") }
        guard !isSecret || status.st_mode & S_IWOTH == 0 else {
            throw InvalidValue("every user may change it; take the write permission away (chmod o-w)")
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw InvalidValue(errno == 0 ? "it cannot be read" : String(cString: strerror(errno)).lowercased())
        }
        guard bytes.count <= bytesMax else { throw InvalidValue("it is larger than \(bytesMax) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw InvalidValue("it is not valid UTF-8") }
        return text
    }
}
