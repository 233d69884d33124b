import NIOCore

/// Where a key set comes from: a file or a server.
protocol JWKSSource: Sendable {
    /// Whether an unknown key's name is worth a look; a file is looked at often enough without.
    var isOnDemand: Bool { get }

    /// The time from one look to the next.
    var interval: Duration { get }

    /// Reads the document, within a time of its own.
    ///
    /// Must not block the thread.
    ///
    /// - Parameter revision: that of the document which is in use.
    /// - Returns: `nil` where that document is the newest.
    /// - Throws: why it could not be read.
    func load(unless revision: JWKSRevision?) async throws(JWKSFault) -> JWKSDocument?
}

/// What tells one state of a file from another.
struct JWKSRevision: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    let bytes: Int64
    let modifiedSeconds: Int64
    let modifiedNanoseconds: Int64
}

/// A key set as it was read, not yet judged.
struct JWKSDocument: Sendable {
    let bytes: ByteBuffer
    /// `nil` where the source cannot tell its states apart.
    let revision: JWKSRevision?
}
