package import AmbassadorCore

/// A head as ``StrictFramer`` found it: what is the same from request to request, and what each request has of its own.
package struct FramedHead {
    /// With the empty line that ends it.
    package let byteCount: Int
    package let contentLength: Int
    /// The caller's own id; `nil` where it gave none that counts.
    package let traceID: TraceID?
}
