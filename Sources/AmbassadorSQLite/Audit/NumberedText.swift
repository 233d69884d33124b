/// A text with a number that no other text ever has, so that two are compared by it.
struct NumberedText {
    let text: String?
    let number: Int64
}
