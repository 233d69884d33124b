/// A text that appears in no log, dump or error.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one place that needs it.
    let value: String

    init(_ value: String) {
        self.value = value
    }

    var description: String { "***" }

    var debugDescription: String { "***" }

    // Without a mirror of its own, `dump` and the descriptions of whatever holds the secret would show the text.
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
