import CHiredis
import NIOCore

/// Writes commands in RESP through hiredis.
///
/// Arguments are always counted bytes, never a format string.
enum CommandFormatter {
    /// Far over every command of ours and far under what hiredis counts in a C `int`.
    static let bytesMax = 64 << 20

    /// - Returns: `nil` where the arguments are too long together, or memory is short.
    static func format(_ arguments: [ByteBuffer]) -> ByteBuffer? {
        let total = arguments.reduce(0) { $0 + $1.readableBytes + 32 }
        guard total <= Self.bytesMax else { return nil }
        var pointers: [UnsafePointer<CChar>?] = []
        pointers.reserveCapacity(arguments.count)
        return Self.withPointers(to: arguments[...], &pointers) { pointers in
            let lengths = arguments.map(\.readableBytes)
            var formatted: sds?
            let count = redisFormatSdsCommandArgv(&formatted, CInt(arguments.count), &pointers, lengths)
            guard count >= 0, let formatted else { return nil }
            defer { redisFreeSdsCommand(formatted) }
            return ByteBuffer(bytes: UnsafeRawBufferPointer(start: formatted, count: Int(count)))
        }
    }

    /// Calls `body` while the bytes of all arguments are held in place.
    private static func withPointers(
        to arguments: ArraySlice<ByteBuffer>,
        _ pointers: inout [UnsafePointer<CChar>?],
        _ body: (inout [UnsafePointer<CChar>?]) -> ByteBuffer?
    ) -> ByteBuffer? {
        guard let argument = arguments.first else { return body(&pointers) }
        return argument.withUnsafeReadableBytes { bytes in
            pointers.append(bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            return Self.withPointers(to: arguments.dropFirst(), &pointers, body)
        }
    }
}
