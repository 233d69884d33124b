/// A setting's value as a file, a variable or a flag writes it.
enum SettingValue: Sendable, Equatable {
    /// Nothing: a plain `null`, `~` or nothing at all.
    case none
    case text(String)
    case list([String])
}
