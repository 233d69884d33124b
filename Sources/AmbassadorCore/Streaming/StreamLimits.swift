/// How much of a stream is held.
package struct StreamLimits: Sendable {
    /// The longest stream, and so the longest record, in bytes.
    package var streamBytesMax = 16 << 20
    /// The longest stream that is kept for others, in bytes; a longer one is passed on within the window.
    package var keptBytesMax = 1 << 20
    /// How far LangFlow may be ahead of the slowest reader of a stream that is not kept, in bytes.
    package var windowBytes = 256 << 10
    /// How many may read one stream beside the one that began it.
    package var readersMax = 1000

    package init() {}
}
