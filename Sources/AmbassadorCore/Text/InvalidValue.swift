/// Why a text is not one for what it is meant to be.
///
/// The reason continues a sentence that begins with the text, as in "has no port", and never repeats it: it may be secret.
package struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { "the value \(self.reason)" }
}
