/// A password or key that shows itself in no log, dump or error.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself, for the one place that needs it.
    package let revealed: String

    package init(_ secret: String) {
        self.revealed = secret
    }

    package var description: String { "***" }

    package var debugDescription: String { "***" }

    // Without a mirror of its own, `dump` and the descriptions of whatever holds the secret would show the text.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
