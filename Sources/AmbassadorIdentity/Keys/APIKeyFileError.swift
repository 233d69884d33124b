/// Why a key file could not be read or changed.
package enum APIKeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no file.
    case missing(path: String)
    /// The file or what is in it cannot be used; the reason continues a sentence that begins with the file.
    case unusable(path: String, reason: String)
    /// The file is in order, but the change is not; the reason continues a sentence that begins with what was to be changed.
    case refused(reason: String)

    package var description: String {
        switch self {
        case .missing(let path): "the key file \(path) does not exist; make a key with ambassador keys create"
        case .unusable(let path, let reason): "the key file \(path) \(reason)"
        case .refused(let reason): "the key \(reason)"
        }
    }
}
