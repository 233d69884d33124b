/// How much of a stream is held.
package struct StreamLimits: Sendable {
    /// The longest stream, and so the longest record, in bytes.
    package var streamBytesMax = 16 << 20
    /// The longest stream that is kept for others, in bytes; a longer one is passed on within the window.
    package var keptBytesMax = 1 << 20
    /// How far LangFlow may be ahead of the slowest reader of a stream that is not kept, in bytes.
    package var windowBytes = 256 << 10
    /// How long in all LangFlow, and its place among the calls, waits for a stream's readers; who is a window behind is dropped then.
    package var stallMax = Duration.seconds(30)
    /// How long one reader may keep the others of its stream waiting.
    package var laggardMax = Duration.seconds(5)
    /// How many may read one stream beside the one that began it.
    package var readersMax = 1000

    package init() {}
}
