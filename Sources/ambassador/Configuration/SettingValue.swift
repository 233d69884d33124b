/// A setting's value as a file, a variable or a flag writes it.
enum SettingValue: Sendable, Equatable {
    /// Nothing: a plain `null`, `~` or nothing at all.
    case none
    case text(String)
    case list([String])
}

/// Why a value is not one for its setting.
///
/// The reason continues a sentence that begins with the value, and never repeats it: it may be secret.
struct InvalidValue: Error, Equatable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
