/// How a stream ended; the same for all its readers.
struct StreamEnd: Sendable {
    /// What LangFlow said it used; unknown where the stream broke off.
    var usage: Usage = .unknown
    /// LangFlow's answer where it came to its end, of which only the text is there where the whole was not kept.
    var answer: Answer?
    var microseconds: Int64 = 0
    /// Whether another ambassador gave it in LangFlow's place, so that it costs nothing.
    var isDegraded = false
    /// Why it is no whole answer; `nil` where it is one.
    var failure: FetchFailure?
    /// Whether bytes are missing, rather than LangFlow having told of its failure itself.
    var isCut = false
}
