package import AmbassadorCore

/// A head as ``StrictFramer`` found it: what is the same from request to request, and what each request has of its own.
package struct FramedHead {
    /// With the empty line that ends it.
    package let byteCount: Int
    package let contentLength: Int
    /// The caller's own id; `nil` where it gave none that counts.
    package let traceID: TraceID?
    /// The flags of the caller's trace; `nil` where the request is not part of one.
    let parentFlags: UInt8?
    /// Where the trace's state stands in the head, valid or not.
    let traceState: Range<Int>?

    /// As ``RequestFields/traceContext``: looked for only where LangFlow may be called.
    ///
    /// - Parameter bytes: The head, from its first byte on.
    /// - Returns: `nil` where the request is not part of a trace.
    package func traceContext(in bytes: UnsafeRawBufferPointer) -> TraceContext? {
        guard let flags = self.parentFlags else { return nil }
        return TraceContext(flags: flags, state: self.traceState.map { [bytes[$0]] } ?? [])
    }
}
