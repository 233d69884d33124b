import CHiredis
import NIOCore

/// Reads replies out of bytes as they come, through hiredis' reader.
///
/// The other end is not trusted: an error that this type throws means that the connection must be closed, and nothing that the
/// other end merely announces is allocated. hiredis would allocate an array of 2,147,483,647 elements before the first came, and
/// wait for a string of any length; the functions that build replies here count elements, and lengths are checked as announced.
struct ReplyReader: ~Copyable {
    /// What one reply may be.
    struct Limits: Sendable {
        /// The bytes of a string.
        var stringBytesMax: Int
        /// The elements of all arrays of one reply together.
        var elementsMax: Int
        /// The bytes of a line: a status, an error, a number, a length.
        var lineBytesMax = 4096
    }

    /// How the other end broke the protocol or the limits.
    struct Violation: Error, Equatable {
        let detail: String
    }

    private let reader: UnsafeMutablePointer<redisReader>
    // hiredis keeps pointers to both, so both live as long as the reader.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: ReplyBuilder
    private let limits: Limits

    /// - Returns: `nil` where memory is short.
    init?(limits: Limits) {
        let builder = ReplyBuilder(elementsMax: limits.elementsMax)
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        functions.initialize(to: ReplyBuilder.functions)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            return nil
        }
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
        self.reader = reader
        self.functions = functions
        self.builder = builder
        self.limits = limits
    }

    deinit {
        redisReaderFree(self.reader)
        self.functions.deallocate()
    }

    /// Takes bytes and hands on each reply that they complete.
    ///
    /// - Parameters:
    ///   - bytes: what came, cut anywhere.
    ///   - receive: returns whether to go on; after `false` the reader is of no more use.
    /// - Throws: ``Violation``, after which the reader is of no more use either.
    mutating func feed(_ bytes: ByteBuffer, _ receive: (RedisReply) -> Bool) throws(Violation) {
        var bytes = bytes
        // hiredis moves what is left in its buffer after each reply, and gives a buffer back that has grown to 16 KiB: small portions
        // keep both from costing more than the reading itself.
        while let portion = bytes.readSlice(length: min(bytes.readableBytes, Self.portionBytesMax)),
            portion.readableBytes > 0
        {
            let status = portion.withUnsafeReadableBytes { portion in
                redisReaderFeed(self.reader, portion.baseAddress?.assumingMemoryBound(to: CChar.self), portion.count)
            }
            guard status == REDIS_OK else { throw self.violation }
            while let reply = try self.next() {
                guard receive(reply) else { return }
            }
            try self.checkWhatIsAnnounced()
        }
    }

    private static let portionBytesMax = 4 << 10

    private mutating func next() throws(Violation) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &object) == REDIS_OK else { throw self.violation }
        guard let object else { return nil }
        self.builder.reset()
        return Unmanaged<ReplyNode>.fromOpaque(object).takeRetainedValue().reply
    }

    /// Refuses a string that is announced as too long, and a line without an end, before they have come.
    private func checkWhatIsAnnounced() throws(Violation) {
        let position = self.reader.pointee.pos
        let count = self.reader.pointee.len - position
        guard count > 0, let start = self.reader.pointee.buf else { return }
        guard self.pendingType == REDIS_REPLY_STRING else {
            guard count <= self.limits.lineBytesMax else { throw Violation(detail: "line too long") }
            return
        }
        let pending = UnsafeRawBufferPointer(start: start + position, count: count)
        // A length has at most 20 digits; hiredis refuses what is not a number once the line is whole.
        let digits = pending.prefix(21).prefix { $0 != UInt8(ascii: "\r") }
        guard digits.count <= 20 else { throw Violation(detail: "length too long") }
        guard digits.count < pending.count else { return }
        guard let length = Int(String(decoding: digits, as: UTF8.self)), length <= self.limits.stringBytesMax else {
            throw Violation(detail: "string too long")
        }
    }

    /// The type of the element that is being read, or -1.
    private var pendingType: CInt {
        let index = Int(self.reader.pointee.ridx)
        return withUnsafeBytes(of: self.reader.pointee.rstack) { stack in
            let tasks = stack.bindMemory(to: redisReadTask.self)
            return tasks.indices.contains(index) ? tasks[index].type : -1
        }
    }

    private var violation: Violation {
        Violation(
            detail: withUnsafeBytes(of: self.reader.pointee.errstr) { text in
                String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
            }
        )
    }
}
