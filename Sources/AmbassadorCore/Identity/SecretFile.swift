/// Who else may use a file with a secret, judged by its owner and its permissions.
///
/// As PostgreSQL judges the key of its certificate: the owner alone has rights; where root is the owner, the group may read.
/// So orchestrators hand secrets to processes that are not root's: root's file, the group of the process, 0440 or 0640.
package enum SecretFile {
    /// Continues a sentence that begins with the file.
    package static let remedy =
        "may be used by others than its owner; take that from them (chmod 600), or let root own it and its group read it (chmod 640)"

    /// Whether a file is private enough.
    ///
    /// - Parameters:
    ///   - owner: the user's number.
    ///   - mode: as `stat` gives it, with or without the bits for the kind of file.
    /// - Returns: `false` where others may use it.
    package static func isPrivate(owner: UInt32, mode: UInt32) -> Bool {
        mode & 0o077 == 0 || owner == 0 && mode & 0o037 == 0
    }
}
