import AmbassadorCore
import Foundation

/// The API key or token that the commands show to the admin plane.
///
/// It is never an argument: every user of the machine can see those.
enum AdminKey {
    static let variable = "AMBASSADOR_ADMIN_KEY"
    /// Tokens are longer than keys, and still small.
    private static let bytesMax = 16 << 10

    /// Reads the key from a file, or where none is named from the environment; spaces and line breaks around it do not count.
    ///
    /// - Returns: `nil` where there is neither.
    /// - Throws: where the file cannot be read, or where what is found cannot be a key.
    static func find(
        file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> Secret? {
        if let file {
            do throws(InvalidValue) {
                return try Self.checked(try SmallFile.read(file, bytesMax: Self.bytesMax, isSecret: true))
            } catch {
                throw CommandFailure("the key in the file \(visible(file)) cannot be used: \(error.reason)")
            }
        }
        guard let text = environment[Self.variable], !text.isEmpty else { return nil }
        do throws(InvalidValue) {
            return try Self.checked(text)
        } catch {
            throw CommandFailure("the key in \(Self.variable) cannot be used: \(error.reason)")
        }
    }

    /// Takes what can stand in a header behind `Bearer`, so that nothing else can be smuggled in.
    private static func checked(_ text: String) throws(InvalidValue) -> Secret {
        let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !key.isEmpty else { throw InvalidValue("it is empty") }
        guard key.utf8.count <= Self.bytesMax else { throw InvalidValue("it is larger than \(Self.bytesMax) bytes") }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("it has a space, control or non-ASCII character")
        }
        return Secret(key)
    }
}
