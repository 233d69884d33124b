/// Which documents a parser takes.
package enum JSONDialect: Sendable {
    /// RFC 8259 and nothing else.
    case strict
    /// What Python's `json.dumps` writes besides, since LangFlow's streams are written by it: `NaN`, `Infinity` and `-Infinity`, numbers
    /// that a double cannot hold, and escaped halves of a surrogate pair.
    ///
    /// A half is kept as three bytes (`ED A0 80` to `ED BF BF`), which are not UTF-8: whoever shows the text must replace them.
    case python
}
